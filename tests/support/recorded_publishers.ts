import { RTP_HEADER_SIZE, writeRtpHeader } from "../../sfu/rtp/rtp_packet.ts";
import { createCredentials } from "../../sfu/transport/dtls/certificate.ts";
import { openNativeLibraries } from "../../sfu/transport/native/choose_ports.ts";
import { createNativeSrtpProvider } from "../../sfu/transport/native/native_srtp.ts";
import { LoadClient } from "../load/load_client.ts";
import { LoadPeer } from "../load/load_peer.ts";
import { LoadSocket } from "../load/load_socket.ts";
import { PAYLOAD_TYPES, readTestSdp, writeTestOffer } from "./test_sdp.ts";
import {
  FILM_FRAMES_PER_SECOND,
  type RecordedMedia,
  type VideoFrameData,
} from "./recorded_media.ts";

/** Where they publish. */
export interface PublishersOptions {
  /** `http://127.0.0.1:PORT` */
  readonly http: string;
  readonly mediaPort: number;
  readonly group: string;
  readonly count: number;
  readonly media: RecordedMedia;
}

/** The time of one packet of sound. */
const TICK_MS = 20;
/** Lower changes the speaker more often, as in a lively talk. */
const TURN_MS = 2_000;
/** Lower than the server's patience with peers that say nothing (RFC 7675). */
const CONSENT_MS = 5_000;
/** What fits into a datagram, with room for SRTP. */
const MAX_PAYLOAD_BYTES = 1_100;

/** One person: a client with one flow of recorded sound and pictures. */
interface Publisher {
  readonly client: LoadClient;
  readonly peer: LoadPeer;
  readonly film: readonly VideoFrameData[];
  readonly audio: Track;
  readonly video: Track;
}

/** Numbers of what was sent last. */
interface Track {
  readonly ssrc: number;
  sequenceNumber: number;
  /** Packets of sound, or frames. */
  sent: number;
}

/**
 * People who send what was recorded: each has a client and a peer of its own,
 * of which one speaks at a time. Costs little, so that what is measured beside
 * it is what watches. To be closed.
 */
export class RecordedPublishers implements Disposable {
  readonly #socket = new LoadSocket();
  readonly #publishers: Publisher[] = [];
  readonly #media: RecordedMedia;
  readonly #header = new Uint8Array(RTP_HEADER_SIZE);
  readonly #payload = new Uint8Array(MAX_PAYLOAD_BYTES);
  #timers: readonly ReturnType<typeof setInterval>[] = [];
  #startMs = 0;
  #ticks = 0;

  private constructor(media: RecordedMedia) {
    this.#media = media;
  }

  /** Joins with all of them, and starts to send. */
  static async open(options: PublishersOptions): Promise<RecordedPublishers> {
    const publishers = new RecordedPublishers(options.media);
    await publishers.#join(options);
    publishers.#start();
    return publishers;
  }

  async #join(
    { http, mediaPort, group, count, media }: PublishersOptions,
  ): Promise<void> {
    const { libc, libcrypto } = openNativeLibraries();
    const context = {
      socket: this.#socket,
      srtp: createNativeSrtpProvider(libc, libcrypto),
      credentials: await createCredentials(),
    };
    this.#socket.pump();
    for (let at = 0; at < count; at++) {
      const client = new LoadClient(http, group, `Person ${at + 1}`);
      await client.joined();
      const peer = new LoadPeer(context);
      const [audio, video] = [1_000 * (at + 1), 1_000 * (at + 1) + 1]
        .map((ssrc) => ({ ssrc, sequenceNumber: 0, sent: 0 }));
      const film = media.films[at % media.films.length];
      if (!audio || !video || !film) throw new Error("Nothing was recorded");
      const offer = writeTestOffer([
        { kind: "audio", ssrc: audio.ssrc },
        { kind: "video", ssrc: video.ssrc },
      ], peer.local);
      const answer = await client.offer(`recorded${at}`, offer);
      await peer.connect(readTestSdp(answer), mediaPort);
      this.#publishers.push({ client, peer, film, audio, video });
    }
  }

  /** Ends it all. */
  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const { client, peer } of this.#publishers) {
      client.close();
      peer.close();
    }
    this.#socket.close();
  }

  #start(): void {
    this.#startMs = performance.now();
    this.#timers = [
      setInterval(() => this.#send(), TICK_MS),
      setInterval(() => {
        for (const { peer } of this.#publishers) {
          // One that is closed while it waits for an answer gets none.
          peer.consent().catch(() => undefined);
        }
      }, CONSENT_MS),
    ];
  }

  /** Sends all that has become due. */
  #send(): void {
    const nowMs = performance.now() - this.#startMs;
    for (; this.#ticks * TICK_MS <= nowMs; this.#ticks++) {
      const atMs = this.#ticks * TICK_MS;
      const turn = Math.floor(atMs / TURN_MS) % this.#publishers.length;
      this.#publishers.forEach((publisher, index) => {
        this.#sendSound(publisher, index === turn);
        // Nobody's camera runs in step with another's.
        const videoMs = atMs - index * 7;
        const due = videoMs * FILM_FRAMES_PER_SECOND / 1_000;
        while (publisher.video.sent < due) this.#sendFrame(publisher);
      });
    }
    this.#socket.flush();
  }

  #sendSound({ peer, audio }: Publisher, speaks: boolean): void {
    const packets = speaks ? this.#media.voice : this.#media.silence;
    const payload = packets[audio.sent % packets.length];
    if (payload === undefined) return;
    this.#write(audio, PAYLOAD_TYPES.audio, audio.sent * 960, false);
    peer.queueRtp(this.#header, payload);
    audio.sent++;
  }

  /** In packets with the shortest descriptor that there is (RFC 7741 §4.2). */
  #sendFrame({ peer, film, video }: Publisher): void {
    const frame = film[video.sent % film.length];
    if (frame === undefined) return;
    const { data } = frame;
    const room = MAX_PAYLOAD_BYTES - 1;
    const timestamp = Math.round(video.sent * 90_000 / FILM_FRAMES_PER_SECOND);
    for (let at = 0; at < data.length; at += room) {
      const part = data.subarray(at, at + room);
      this.#payload[0] = at === 0 ? 0x10 : 0;
      this.#payload.set(part, 1);
      const isLast = at + room >= data.length;
      this.#write(video, PAYLOAD_TYPES.video, timestamp, isLast);
      peer.queueRtp(this.#header, this.#payload.subarray(0, part.length + 1));
    }
    video.sent++;
  }

  #write(
    track: Track,
    payloadType: number,
    timestamp: number,
    marker: boolean,
  ): void {
    writeRtpHeader(
      this.#header,
      payloadType,
      marker,
      track.sequenceNumber,
      timestamp,
      track.ssrc,
    );
    track.sequenceNumber = (track.sequenceNumber + 1) & 0xffff;
  }
}
