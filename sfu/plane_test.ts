import assert from "node:assert/strict";
import { instantAt, wallTimeAt } from "../lib/time.ts";
import type {
  Measured,
  Negotiation,
  PlaneEvent,
  PublisherKey,
  SubscriberKey,
  ViewerKey,
} from "../protocol/media_plane.ts";
import { FakeHub, type FakePeer } from "../tests/support/fake_hub.ts";
import { answerTo } from "../tests/support/test_sdp.ts";
import { Plane } from "./plane.ts";
import { readRtcp } from "./rtp/rtcp_reader.ts";
import { RtcpWriter } from "./rtp/rtcp_writer.ts";
import { readU16 } from "./rtp/bytes.ts";
import {
  LONG_RTP_HEADER_SIZE,
  RtpView,
  writeRtpHeader,
  writeTransportSequence,
} from "./rtp/rtp_packet.ts";
import { unwrapRtx } from "./rtp/rtx.ts";
import { ArrivalLog } from "./rtp/transport_feedback.ts";
import { CAMERA } from "./sdp/fixtures/chromium.ts";

const AUDIO = { ssrc: 3930668673, payloadType: 111 };
const VIDEO = { ssrc: 345100753, payloadType: 96 };
const PUBLISHER = 1 as PublisherKey;
const VIEWER = 7 as SubscriberKey;
const BOTH = { audio: true, video: "high" } as const;
const KEYFRAME = new Uint8Array([0x10, 0x00, 1, 2, 3]);
const DELTA = new Uint8Array([0x10, 0x01, 4, 5, 6]);

/** A plane over a fake hub, with a clock that the test sets. */
class Scene {
  readonly hub = new FakeHub();
  readonly events: PlaneEvent[] = [];
  nowMs = 10_000;
  readonly plane: Plane;
  #random = 0;

  constructor() {
    this.plane = new Plane({
      hub: this.hub,
      clock: { now: () => this.now() },
      random: (size) => new Uint8Array(size).fill(++this.#random),
      onEvent: (event) => this.events.push(event),
      onError: (error) => {
        throw error;
      },
    });
  }

  now() {
    return {
      instant: instantAt(this.nowMs),
      wall: wallTimeAt(1.7e12 + this.nowMs),
    };
  }

  pass(ms: number): void {
    this.nowMs += ms;
    this.plane.poll();
  }

  publish(sdp = CAMERA): FakePeer {
    this.plane.handle({
      kind: "open-publisher",
      publisher: PUBLISHER,
      group: "g",
      codecs: ["vp8", "opus"],
      negotiation: 1 as Negotiation,
      sdp,
    });
    const peer = this.hub.peers.at(-1)!;
    peer.connect(this.now().instant);
    return peer;
  }

  subscribe(key = VIEWER, wanted: typeof BOTH | typeof SOUND = BOTH): FakePeer {
    this.plane.handle({
      kind: "open-subscriber",
      subscriber: key,
      publisher: PUBLISHER,
      viewer: key as number as ViewerKey,
      shows: "camera",
      negotiation: 1 as Negotiation,
      wanted,
    });
    return this.hub.peers.at(-1)!;
  }

  answer(key = VIEWER, change = (sdp: string) => sdp): void {
    this.plane.handle({
      kind: "answer-subscriber",
      subscriber: key,
      negotiation: 1 as Negotiation,
      sdp: change(answerTo(this.lastOffer(key))),
    });
  }

  lastOffer(key = VIEWER): string {
    const offer = this.of("subscriber-offered").findLast(({ subscriber }) =>
      subscriber === key
    );
    return offer!.sdp;
  }

  of<Kind extends PlaneEvent["kind"]>(
    kind: Kind,
  ): (PlaneEvent & { kind: Kind })[] {
    return this.events.filter((event): event is PlaneEvent & { kind: Kind } =>
      event.kind === kind
    );
  }
}

const SOUND = { audio: true, video: "none" } as const;

function rtp(
  source: { ssrc: number; payloadType: number },
  sequenceNumber: number,
  payload: Uint8Array = DELTA,
  marker = true,
): Uint8Array {
  const packet = new Uint8Array(12 + payload.length);
  const timestamp = sequenceNumber * 3000;
  writeRtpHeader(
    packet,
    source.payloadType,
    marker,
    sequenceNumber & 0xffff,
    timestamp,
    source.ssrc,
  );
  packet.set(payload, 12);
  return packet;
}

function parse(packet: Uint8Array): RtpView {
  const view = new RtpView();
  assert.ok(view.parse(packet));
  return view;
}

/** A packet's payload. */
function payloadOf(packet: Uint8Array): Uint8Array {
  const { payloadOffset, payloadSize } = parse(packet);
  return packet.slice(payloadOffset, payloadOffset + payloadSize);
}

/** A viewer's answer, without what it cannot do. */
function without(...what: string[]): (sdp: string) => string {
  return (sdp) =>
    sdp.split("\r\n").filter((line) => !what.some((one) => line.includes(one)))
      .join("\r\n");
}

/** A publisher's offer with numbers for all packets, under the id 3. */
const NUMBERED = CAMERA.replaceAll(
  "a=sendonly",
  "a=extmap:3 http://www.ietf.org/id/" +
    "draft-holmer-rmcat-transport-wide-cc-extensions-01\r\na=sendonly",
);

/** What of RTCP a peer was sent, by name. */
function feedback(peer: FakePeer): string[] {
  const found: string[] = [];
  for (const packet of peer.rtcp) {
    const sound = readRtcp(packet, {
      pli: (_, ssrc) => found.push(`pli ${ssrc}`),
      fir: (_, ssrc, number) => found.push(`fir ${ssrc} ${number}`),
      nack: (_, ssrc, id) => found.push(`nack ${ssrc} ${id}`),
      remb: () => found.push("remb"),
      senderReport: (ssrc) => found.push(`sr ${ssrc}`),
      reportBlock: (_, ssrc) => found.push(`rr ${ssrc}`),
      cname: () => found.push("cname"),
    });
    assert.ok(sound);
  }
  peer.rtcp.length = 0;
  return found;
}

/** A scene in which one viewer gets sound and picture of one publisher. */
function call(sdp = CAMERA, changeAnswer = (answer: string) => answer) {
  const scene = new Scene();
  const publisher = scene.publish(sdp);
  const send = (packet: Uint8Array) =>
    publisher.receive(packet, scene.now().instant);
  send(rtp(AUDIO, 100));
  send(rtp(VIDEO, 500, KEYFRAME));
  const viewer = scene.subscribe();
  scene.answer(VIEWER, changeAnswer);
  viewer.connect(scene.now().instant);
  return { scene, publisher, viewer, send };
}

Deno.test("Plane answers an offer and tells which tracks have come", () => {
  const scene = new Scene();
  const publisher = scene.publish();
  const [answer] = scene.of("publisher-answered");
  assert.equal(answer?.negotiation, 1);
  assert.match(answer!.sdp, /a=setup:passive/);

  publisher.receive(rtp(AUDIO, 1), scene.now().instant);
  publisher.receive(rtp(AUDIO, 2), scene.now().instant);
  publisher.receive(rtp(VIDEO, 1), scene.now().instant);
  assert.deepEqual(
    scene.of("publisher-tracks").map(({ tracks, complete }) => [
      tracks.map(({ kind }) => kind),
      complete,
    ]),
    [[["audio"], false], [["audio", "video"], true]],
  );
});

Deno.test("Plane refuses an offer that is no SDP, and forgets the peer", () => {
  const scene = new Scene();
  scene.publish("v=0\r\nnonsense");
  assert.equal(scene.of("publisher-refused").length, 1);
  assert.equal(scene.hub.peers[0]!.closed, true);
});

Deno.test("Plane keeps a publisher as it was when a further offer is refused", () => {
  const { scene, viewer, send } = call();
  scene.plane.handle({
    kind: "renegotiate-publisher",
    publisher: PUBLISHER,
    negotiation: 2 as Negotiation,
    sdp: CAMERA.replaceAll(
      /a=fingerprint:sha-256 13/g,
      "a=fingerprint:sha-256 14",
    ),
  });
  assert.equal(scene.of("publisher-refused")[0]?.negotiation, 2);
  viewer.rtp.length = 0;
  send(rtp(VIDEO, 501));
  assert.equal(viewer.rtp.length, 1);
});

Deno.test("Plane starts a viewer with the keyframe that it has", () => {
  const { scene, viewer } = call();
  assert.equal(viewer.rtp.length, 1);
  const view = parse(viewer.rtp[0]!);
  assert.equal(view.payloadType, 96);
  assert.ok(scene.lastOffer().includes(`a=ssrc:${view.ssrc} `));
  assert.deepEqual(payloadOf(viewer.rtp[0]!), KEYFRAME);
  assert.deepEqual(
    scene.of("subscriber-live").map(({ subscriber }) => subscriber),
    [VIEWER],
  );
});

Deno.test("Plane waits for a keyframe, and asks for it, where it has none", () => {
  const scene = new Scene();
  const publisher = scene.publish();
  const send = (packet: Uint8Array) =>
    publisher.receive(packet, scene.now().instant);
  send(rtp(VIDEO, 500));
  const viewer = scene.subscribe();
  scene.answer();
  viewer.connect(scene.now().instant);
  send(rtp(VIDEO, 501));
  assert.equal(viewer.rtp.length, 0);
  scene.pass(10);
  assert.ok(feedback(publisher).includes(`pli ${VIDEO.ssrc}`));
  send(rtp(VIDEO, 502, KEYFRAME, false));
  assert.equal(scene.of("subscriber-live").length, 0);
  send(rtp(VIDEO, 503));
  assert.equal(viewer.rtp.length, 2);
  assert.equal(scene.of("subscriber-live").length, 1);
});

Deno.test("Plane forwards nothing before the answer and the handshake", () => {
  const scene = new Scene();
  const publisher = scene.publish();
  const send = (packet: Uint8Array) =>
    publisher.receive(packet, scene.now().instant);
  send(rtp(AUDIO, 1));
  const viewer = scene.subscribe(VIEWER, SOUND);
  viewer.connect(scene.now().instant);
  send(rtp(AUDIO, 2));
  assert.equal(viewer.rtp.length, 0);
  scene.answer();
  send(rtp(AUDIO, 3));
  assert.equal(viewer.rtp.length, 1);
});

Deno.test("Plane keeps the distances between numbers, and the markers", () => {
  const { viewer, send } = call();
  const first = parse(viewer.rtp[0]!);
  const [sequenceNumber, timestamp] = [first.sequenceNumber, first.timestamp];
  send(rtp(VIDEO, 503, DELTA, false));
  const later = parse(viewer.rtp[1]!);
  assert.equal((later.sequenceNumber - sequenceNumber) & 0xffff, 3);
  assert.equal((later.timestamp - timestamp) >>> 0, 9000);
  assert.equal(later.marker, false);
});

/** A viewer asks for one packet; what it is sent then. */
function askAgain(viewer: FakePeer, lost: RtpView, scene: Scene): Uint8Array[] {
  const writer = new RtcpWriter(new Uint8Array(100));
  writer.receiverReport(1, []);
  writer.nack(1, lost.ssrc, new Uint16Array([lost.sequenceNumber]), 1);
  viewer.rtp.length = 0;
  viewer.observer.handleRtcp(writer.packet(), scene.now().instant);
  return viewer.rtp;
}

Deno.test("Plane answers a NACK from the publisher's cache, in a source of its own", () => {
  const { scene, viewer, send } = call();
  for (let seq = 501; seq < 600; seq++) {
    send(rtp(VIDEO, seq, new Uint8Array([0x10, 0x01, seq])));
  }
  const lost = parse(viewer.rtp[40]!);
  const [repair, ...others] = askAgain(viewer, lost, scene);
  assert.deepEqual(others, []);
  const view = parse(repair!);
  assert.equal(view.payloadType, 97);
  assert.ok(
    scene.lastOffer().includes(
      `a=ssrc-group:FID ${lost.ssrc} ${view.ssrc}\r\n`,
    ),
  );
  assert.ok(unwrapRtx(view, repair!, lost.ssrc, lost.payloadType));
  assert.equal(view.sequenceNumber, lost.sequenceNumber);
  assert.equal(view.timestamp, lost.timestamp);
  assert.equal(view.payloadSize, 3);
  assert.equal(repair![view.payloadOffset + 2], 540 & 0xff);
});

Deno.test("Plane answers a NACK under the old numbers where there is no RTX", () => {
  const { scene, viewer, send } = call(
    CAMERA,
    without("rtx/90000", "apt=96", "extmap"),
  );
  for (let seq = 501; seq < 600; seq++) send(rtp(VIDEO, seq));
  const expected = viewer.rtp[40]!;
  assert.deepEqual(askAgain(viewer, parse(expected), scene), [expected]);
});

Deno.test("Plane forwards what a publisher sends again in a source of its own", () => {
  const { viewer, send } = call();
  const first = parse(viewer.rtp[0]!).sequenceNumber;
  send(rtp(VIDEO, 502));
  const repair = (original: number) =>
    rtp(
      { ssrc: 2748841498, payloadType: 97 },
      7,
      Uint8Array.from([
        original >> 8,
        original & 0xff,
        ...DELTA,
      ]),
    );
  send(repair(501));
  assert.equal(viewer.rtp.length, 3);
  const view = parse(viewer.rtp[2]!);
  assert.equal((view.sequenceNumber - first) & 0xffff, 1);
  assert.deepEqual(payloadOf(viewer.rtp[2]!), DELTA);

  send(repair(501)); // Probes the path.
  send(repair(65_000));
  send(repair(65_001)); // Never a new beginning.
  send(rtp({ ssrc: 2748841498, payloadType: 97 }, 9, new Uint8Array(0)));
  assert.equal(viewer.rtp.length, 3);
});

Deno.test("Plane learns the source of repairs where the offer names none", () => {
  const { viewer, send } = call(without("ssrc-group", "2748841498")(CAMERA));
  send(rtp(VIDEO, 503));
  const repair = (original: number) =>
    rtp(
      { ssrc: 77, payloadType: 97 },
      original,
      Uint8Array.from([original >> 8, original & 0xff, ...DELTA]),
    );
  send(repair(501));
  send(repair(502));
  assert.equal(viewer.rtp.length, 4);
  assert.deepEqual(payloadOf(viewer.rtp[3]!), DELTA);
});

Deno.test("Plane tells a publisher when each packet came", () => {
  const { scene, publisher, send } = call(NUMBERED);
  const numbered = (number: number, sequenceNumber: number) => {
    const packet = new Uint8Array(LONG_RTP_HEADER_SIZE + DELTA.length);
    packet.set(rtp(VIDEO, sequenceNumber).subarray(0, 12));
    writeTransportSequence(packet, 3, number);
    packet.set(DELTA, LONG_RTP_HEADER_SIZE);
    return packet;
  };
  send(numbered(65_535, 501));
  scene.nowMs += 5;
  send(numbered(1, 502));
  publisher.rtcp.length = 0;
  scene.pass(60);
  const told: [number, boolean, number][] = [];
  for (const packet of publisher.rtcp) {
    readRtcp(packet, { packetStatus: (...status) => told.push(status) });
  }
  assert.deepEqual(told.map(([number, received]) => [number, received]), [
    [65_535, true],
    [0, false],
    [1, true],
  ]);
  assert.equal(told[2]![2] - told[0]![2], 20, "in quarters of a millisecond");
});

Deno.test("Plane numbers all of a viewer's packets, and believes what it says", () => {
  const { scene, publisher, viewer, send } = call();
  const numbers: number[] = [];
  let sequenceNumber = 501;
  const arrivals = new ArrivalLog();
  const writer = new RtcpWriter(new Uint8Array(1_400));
  let lowest = Infinity;
  let sounds = 0;
  for (let round = 0; round < 400; round++) {
    send(rtp(VIDEO, sequenceNumber++, new Uint8Array(1_000).fill(16, 0, 1)));
    send(rtp(AUDIO, sequenceNumber));
    // What had to wait is here, too.
    for (const packet of viewer.rtp.splice(0)) {
      const view = parse(packet);
      const number = readU16(packet, view.findExtension(3));
      numbers.push(number);
      if (view.payloadType === 111) sounds++;
      // The way grows longer and longer: a queue fills.
      arrivals.receive(number, instantAt(scene.nowMs + round));
    }
    writer.reset();
    writer.transportFeedback(1, 2, arrivals);
    viewer.observer.handleRtcp(writer.packet(), scene.now().instant);
    scene.pass(10);
    for (const packet of publisher.rtcp) {
      readRtcp(packet, {
        remb: (_, bitrateBps) => lowest = Math.min(lowest, bitrateBps),
      });
    }
    publisher.rtcp.length = 0;
  }
  assert.ok(sounds === 400 && numbers.length < 800, "pictures give way");
  numbers.forEach((number, index) => {
    assert.equal(number, (numbers[0]! + index) & 0xffff);
  });
  // As if it were the only way: B-51 does not go below.
  assert.equal(Math.round(lowest / 1_000), 205);
});

Deno.test("Plane passes over NACKs for what was never sent", () => {
  const { scene, viewer } = call();
  const { ssrc, sequenceNumber } = parse(viewer.rtp[0]!);
  viewer.rtp.length = 0;
  const writer = new RtcpWriter(new Uint8Array(100));
  writer.nack(1, ssrc, new Uint16Array([sequenceNumber + 9]), 1);
  writer.nack(1, ssrc + 1, new Uint16Array([sequenceNumber]), 1);
  viewer.observer.handleRtcp(writer.packet(), scene.now().instant);
  assert.equal(viewer.rtp.length, 0);
});

Deno.test("Plane tells what was asked for again, repaired, and begun anew", () => {
  const { scene, viewer } = call();
  const { ssrc, sequenceNumber } = parse(viewer.rtp[0]!);
  const writer = new RtcpWriter(new Uint8Array(100));
  writer.nack(1, ssrc, new Uint16Array([sequenceNumber]), 1);
  writer.nack(1, ssrc, new Uint16Array([sequenceNumber + 9]), 1);
  writer.pli(1, ssrc);
  viewer.observer.handleRtcp(writer.packet(), scene.now().instant);
  scene.pass(10);
  scene.plane.handle({ kind: "measure" });

  const [{ publishers, subscribers }] = scene.of("measured") as [Measured];
  const repairs = { asked: 2, repaired: 1, keyframeRequests: 1 };
  assert.ok(
    subscribers.get(VIEWER)!.some((track) =>
      JSON.stringify(track.repairs) === JSON.stringify(repairs)
    ),
  );
  const asked = publishers.get(PUBLISHER)!.map(({ repairs }) =>
    repairs.keyframeRequests
  );
  assert.ok(asked.includes(1));
});

Deno.test("Plane merges viewers' PLI and FIR, and paces them", () => {
  const { scene, publisher, viewer } = call();
  const { ssrc } = parse(viewer.rtp[0]!);
  const writer = new RtcpWriter(new Uint8Array(100));
  writer.pli(1, ssrc);
  writer.fir(1, ssrc, 0);
  for (let i = 0; i < 5; i++) {
    viewer.observer.handleRtcp(writer.packet(), scene.now().instant);
    scene.pass(10);
  }
  const requests = feedback(publisher).filter((what) => what.startsWith("pli"));
  assert.equal(requests.length, 1);
  scene.pass(500);
  assert.ok(feedback(publisher).includes(`pli ${VIDEO.ssrc}`));
});

Deno.test("Plane asks by FIR who does not understand PLI, and others not at all", () => {
  const ask = (offer: string) => {
    const scene = new Scene();
    const publisher = scene.publish(offer);
    publisher.receive(rtp(VIDEO, 500), scene.now().instant);
    const viewer = scene.subscribe();
    scene.answer();
    viewer.connect(scene.now().instant);
    scene.pass(10);
    scene.pass(500);
    return feedback(publisher).filter((what) => /^(pli|fir)/.test(what));
  };
  const withoutPli = CAMERA.replaceAll(/a=rtcp-fb:\d+ nack pli\r\n/g, "");
  assert.deepEqual(ask(withoutPli), [
    `fir ${VIDEO.ssrc} 0`,
    `fir ${VIDEO.ssrc} 1`,
  ]);
  const withNeither = withoutPli.replaceAll(/a=rtcp-fb:\d+ ccm fir\r\n/g, "");
  assert.deepEqual(ask(withNeither), []);
});

Deno.test("Plane asks the publisher for what is missing", () => {
  const { scene, publisher, send } = call();
  send(rtp(VIDEO, 501));
  send(rtp(VIDEO, 507));
  scene.pass(20);
  assert.ok(feedback(publisher).includes(`nack ${VIDEO.ssrc} 502`));
});

Deno.test("Plane takes 300 lost packets across the wrap for a keyframe request", () => {
  const { scene, publisher, viewer, send } = call();
  // Come near the wrap in steps that are no restart.
  for (let seq = 501; seq < 65_400; seq += 1) send(rtp(VIDEO, seq));
  scene.pass(2_000);
  feedback(publisher);
  viewer.rtp.length = 0;
  send(rtp(VIDEO, 65_400 + 300));
  scene.pass(10);
  assert.ok(feedback(publisher).includes(`pli ${VIDEO.ssrc}`));
  send(rtp(VIDEO, 65_701, KEYFRAME));
  assert.equal(viewer.rtp.length, 2);
  assert.deepEqual(payloadOf(viewer.rtp[1]!), KEYFRAME);
  scene.pass(1_000);
  const asked = feedback(publisher).filter((what) => what.startsWith("nack"));
  assert.deepEqual(asked, []);
});

Deno.test("Plane reports to both sides", () => {
  const { scene, publisher, viewer } = call();
  const writer = new RtcpWriter(new Uint8Array(100));
  writer.senderReport({
    ssrc: VIDEO.ssrc,
    ntpHigh: 3_900_000_000,
    ntpLow: 0,
    rtpTimestamp: 1,
    packetCount: 1,
    octetCount: 1,
  });
  publisher.observer.handleRtcp(writer.packet(), scene.now().instant);
  scene.pass(1_000);
  const toPublisher = feedback(publisher);
  assert.ok(toPublisher.includes(`rr ${AUDIO.ssrc}`));
  assert.ok(toPublisher.includes(`rr ${VIDEO.ssrc}`));
  assert.ok(toPublisher.includes("remb"));
  const { ssrc } = parse(viewer.rtp[0]!);
  assert.deepEqual(feedback(viewer), [`sr ${ssrc}`, "cname"]);
});

Deno.test("Plane refuses the answer to another subscription", () => {
  const scene = new Scene();
  const publisher = scene.publish();
  publisher.receive(rtp(VIDEO, 1, KEYFRAME), scene.now().instant);
  scene.subscribe(VIEWER);
  const other = 8 as SubscriberKey;
  scene.subscribe(other);
  scene.plane.handle({
    kind: "answer-subscriber",
    subscriber: other,
    negotiation: 1 as Negotiation,
    sdp: answerTo(scene.lastOffer(VIEWER)),
  });
  assert.equal(scene.of("subscriber-answer-refused")[0]?.subscriber, other);
  assert.equal(scene.of("subscriber-answer-applied").length, 0);
});

Deno.test("Plane passes over an answer to an earlier offer, and a second one", () => {
  const scene = new Scene();
  const publisher = scene.publish();
  publisher.receive(rtp(VIDEO, 1, KEYFRAME), scene.now().instant);
  scene.subscribe();
  const stale = answerTo(scene.lastOffer());
  scene.plane.handle({
    kind: "offer-subscriber",
    subscriber: VIEWER,
    negotiation: 2 as Negotiation,
    wanted: BOTH,
    restartIce: true,
  });
  scene.plane.handle({
    kind: "answer-subscriber",
    subscriber: VIEWER,
    negotiation: 1 as Negotiation,
    sdp: stale,
  });
  assert.equal(scene.of("subscriber-answer-applied").length, 0);
  for (let i = 0; i < 2; i++) {
    scene.plane.handle({
      kind: "answer-subscriber",
      subscriber: VIEWER,
      negotiation: 2 as Negotiation,
      sdp: answerTo(scene.lastOffer()),
    });
  }
  assert.equal(scene.of("subscriber-answer-applied").length, 1);
});

Deno.test("Plane stops a track that is not wanted any more, and takes it up again", () => {
  const { scene, viewer, send } = call();
  const want = (negotiation: number, video: "none" | "high") => {
    scene.plane.handle({
      kind: "offer-subscriber",
      subscriber: VIEWER,
      negotiation: negotiation as Negotiation,
      wanted: { audio: true, video },
      restartIce: false,
    });
    scene.plane.handle({
      kind: "answer-subscriber",
      subscriber: VIEWER,
      negotiation: negotiation as Negotiation,
      sdp: answerTo(scene.lastOffer()),
    });
  };
  const before = parse(viewer.rtp.at(-1)!);
  want(2, "none");
  assert.match(scene.lastOffer(), /a=inactive/);
  viewer.rtp.length = 0;
  send(rtp(VIDEO, 501, KEYFRAME));
  assert.equal(viewer.rtp.length, 0);
  scene.pass(3_000);
  want(3, "high");
  send(rtp(VIDEO, 590, KEYFRAME));
  assert.equal(viewer.rtp.length, 1);
  // Another source, as it is offered: browsers show nothing of one that comes back.
  const { ssrc } = parse(viewer.rtp[0]!);
  assert.notEqual(ssrc, before.ssrc);
  assert.ok(scene.lastOffer().includes(`a=ssrc:${ssrc} `));
  assert.ok(!scene.lastOffer().includes(`a=ssrc:${before.ssrc} `));
});

Deno.test("Plane says so when there is nothing to offer", () => {
  const scene = new Scene();
  scene.publish();
  scene.subscribe();
  assert.equal(scene.of("subscriber-offered")[0]?.hasTracks, false);
});

Deno.test("Plane ends the subscriptions of a publisher that is closed", () => {
  const { scene, publisher, viewer } = call();
  const events = scene.events.length;
  scene.plane.handle({ kind: "close-publisher", publisher: PUBLISHER });
  assert.ok(publisher.closed && viewer.closed);
  scene.plane.handle({ kind: "close-subscriber", subscriber: VIEWER });
  scene.plane.handle({ kind: "close-publisher", publisher: PUBLISHER });
  scene.pass(1_000);
  assert.equal(scene.events.length, events);
});

Deno.test("Plane goes on with the viewer's numbers when a source starts anew", () => {
  const { viewer, send } = call();
  const before = parse(viewer.rtp.at(-1)!).sequenceNumber;
  // The second packet in a row is believed (RFC 3550 A.1).
  send(rtp(VIDEO, 40_000));
  send(rtp(VIDEO, 40_001));
  send(rtp(VIDEO, 40_002, KEYFRAME));
  assert.equal(viewer.rtp.length, 2);
  assert.equal(parse(viewer.rtp[1]!).sequenceNumber, before + 1);
});

Deno.test("Plane leaves out packets of padding", () => {
  const { viewer, send } = call();
  const before = parse(viewer.rtp.at(-1)!).sequenceNumber;
  send(rtp(VIDEO, 501, new Uint8Array(0), false));
  send(rtp(VIDEO, 502));
  assert.equal(viewer.rtp.length, 2);
  assert.equal(parse(viewer.rtp[1]!).sequenceNumber, before + 1);
});
