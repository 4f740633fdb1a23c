/**
 * A whole plane in virtual time: cameras, and viewers behind links that may be
 * bad, who ask again, tell when packets came, and play what they get.
 *
 * @module
 */
import type {
  Negotiation,
  PlaneEvent,
  PublisherKey,
  SubscriberKey,
  ViewerKey,
} from "../../protocol/media_plane.ts";
import type { Plane } from "../../sfu/plane.ts";
import { CAMERA } from "../../sfu/sdp/fixtures/chromium.ts";
import { FakeHub } from "./fake_hub.ts";
import { type LinkConditions, LinkModel } from "./link_model.ts";
import {
  type CameraOptions,
  FRAME_MS,
  SimulatedCamera,
  SOUND_MS,
} from "./simulated_camera.ts";
import { createSimulatedPlane } from "./simulated_plane.ts";
import { SimulatedViewer } from "./simulated_viewer.ts";
import { answerTo } from "./test_sdp.ts";
import { seededRandom, VirtualTime } from "./virtual_time.ts";

const FIRST = 1 as Negotiation;
const FIRST_SUBSCRIBER = 10;

/** Four packets a picture, whatever the server says. */
const USUAL_CAMERA: CameraOptions = { bitrateBps: 4 * 1_100 * 8 * 30 };

/** The way to one viewer, and back. */
export interface SimulatedLinks {
  readonly down: LinkModel;
  readonly up: LinkModel;
}

/** The call; begins at once. */
export class SimulatedCall {
  readonly time = new VirtualTime();
  readonly cameras: SimulatedCamera[] = [];
  readonly viewers: SimulatedViewer[] = [];

  readonly #hub = new FakeHub();
  readonly #events: PlaneEvent[] = [];
  readonly #plane: Plane;
  readonly #random: () => number;
  #lastViewer = 0;
  /** What has come for the server while it is held up. */
  readonly #backlog: (() => void)[] = [];
  #heldUpUntil = Number.NEGATIVE_INFINITY;

  constructor(
    seed: number,
    cameras: readonly CameraOptions[] = [USUAL_CAMERA],
  ) {
    this.#random = seededRandom(seed);
    this.#plane = createSimulatedPlane({
      hub: this.#hub,
      now: () => this.time.now,
      random: this.#random,
      onEvent: (event) => this.#events.push(event),
    });
    for (const options of cameras) this.#publish(options);
    this.time.every(10, () => this.#poll());
    this.time.runUntil(100);
  }

  /** Somebody who watches the first camera over a link that is as bad both ways. */
  join(conditions: LinkConditions): SimulatedViewer {
    return this.#view(this.#links(conditions), ++this.#lastViewer, 0);
  }

  /** Somebody who watches all cameras over one link, and what is seen of each. */
  joinAll(
    conditions: LinkConditions,
    shows: (camera: number) => "screen" | "camera" = () => "camera",
  ): { links: SimulatedLinks; pictures: SimulatedViewer[] } {
    const links = this.#links(conditions);
    const viewer = ++this.#lastViewer;
    const pictures = this.cameras.map((_, camera) =>
      this.#view(links, viewer, camera, shows(camera))
    );
    return { links, pictures };
  }

  /** A viewer shows a picture so large from now on. */
  weigh(picture: SimulatedViewer, tilePixels: number): void {
    const subscriber = FIRST_SUBSCRIBER + this.viewers.indexOf(picture);
    this.#plane.handle({
      kind: "weigh-subscriber",
      subscriber: subscriber as SubscriberKey,
      tilePixels,
    });
  }

  /** The server does nothing for so long, and then all that has come meanwhile. */
  stall(ms: number): void {
    this.#heldUpUntil = this.time.now + ms;
    this.time.at(this.#heldUpUntil, () => {
      for (const work of this.#backlog.splice(0)) work();
      this.#poll();
    });
  }

  /** Has the server do something, now or when it can. */
  #serve(work: () => void): void {
    if (this.time.now < this.#heldUpUntil) this.#backlog.push(work);
    else work();
  }

  #publish(options: CameraOptions): void {
    const publisher = this.cameras.length + 1 as PublisherKey;
    this.#plane.handle({
      kind: "open-publisher",
      publisher,
      group: "g",
      codecs: ["vp8", "opus"],
      negotiation: FIRST,
      sdp: CAMERA,
    });
    const peer = this.#hub.peers.at(-1)!;
    peer.connect(this.time.now);
    const camera = new SimulatedCamera(
      peer,
      options,
      (packet) => this.#serve(() => peer.receive(packet, this.time.now)),
    );
    // Cameras do not take their pictures at once, but the first begins at once.
    const fromMs = this.cameras.length === 0 ? 0 : this.#random() * FRAME_MS;
    this.cameras.push(camera);
    const sends = (send: () => void) => () => {
      send();
      this.#takeSent();
    };
    const { time } = this;
    time.every(FRAME_MS, sends(() => camera.sendFrame()), fromMs);
    time.every(SOUND_MS, sends(() => camera.sendSound()), fromMs);
  }

  #links(conditions: LinkConditions): SimulatedLinks {
    return {
      down: new LinkModel(conditions, this.#random),
      up: new LinkModel(conditions, this.#random),
    };
  }

  #view(
    links: SimulatedLinks,
    viewer: number,
    camera: number,
    shows: "screen" | "camera" = "camera",
  ): SimulatedViewer {
    const subscriber = FIRST_SUBSCRIBER + this.viewers.length as SubscriberKey;
    this.#plane.handle({
      kind: "open-subscriber",
      subscriber,
      publisher: camera + 1 as PublisherKey,
      viewer: viewer as ViewerKey,
      shows,
      negotiation: FIRST,
      wanted: { audio: true, video: "high" },
    });
    const peer = this.#hub.peers.at(-1)!;
    const offer = this.#events.findLast((event) =>
      event.kind === "subscriber-offered"
    )!;
    this.#plane.handle({
      kind: "answer-subscriber",
      subscriber,
      negotiation: FIRST,
      sdp: answerTo(offer.sdp),
    });
    const picture = new SimulatedViewer({
      time: this.time,
      peer,
      links,
      random: this.#random,
      tell: (packet) =>
        this.#serve(() => peer.observer.handleRtcp(packet, this.time.now)),
    });
    this.viewers.push(picture);
    peer.connect(this.time.now);
    return picture;
  }

  #poll(): void {
    if (this.time.now < this.#heldUpUntil) return;
    this.#plane.poll();
    for (const camera of this.cameras) camera.listen();
    this.#takeSent();
  }

  #takeSent(): void {
    for (const viewer of this.viewers) viewer.takeSent();
  }
}
