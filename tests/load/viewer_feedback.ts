import { instantAt } from "../../lib/time.ts";
import { readU16, readU32 } from "../../sfu/rtp/bytes.ts";
import {
  emptyBlock,
  type ReportBlock,
  RtcpWriter,
} from "../../sfu/rtp/rtcp_writer.ts";
import { RtpView } from "../../sfu/rtp/rtp_packet.ts";
import { ArrivalLog } from "../../sfu/rtp/transport_feedback.ts";
import { TRANSPORT_SEQUENCE_EXTENSION } from "../../sfu/sdp/extensions.ts";
import { readSsrcs } from "../support/test_sdp.ts";

/**
 * Between two messages on arrivals, in milliseconds: what libwebrtc comes to from
 * some hundred kbit/s on.
 */
const FEEDBACK_MS = 50;
/** Between two receiver reports, each of which asks for a packet again. */
const REPORT_MS = 1_000;

/** Of any packet that is written here, in bytes. */
const MAX_RTCP_BYTES = 1_500;

/** The viewer's own source. */
const SSRC = 1;

/**
 * What a browser that watches says of what it gets: when each packet came, what it
 * has received, and now and then which one it misses. With feedback on arrivals a
 * browser sends no REMB.
 */
export class ViewerFeedback {
  readonly #blocks: ReportBlock[];
  /** Of the latest packet of each source. */
  readonly #newest: number[];
  readonly #extensionId: number;
  readonly #view = new RtpView();
  readonly #arrivals = new ArrivalLog();
  readonly #writer = new RtcpWriter(new Uint8Array(MAX_RTCP_BYTES));
  readonly #missing = new Uint16Array(1);
  #feedbackAt: number;
  #reportAt: number;

  /**
   * @param offer what the server offers
   * @param share from 0 to 1, so that not all viewers speak at once
   */
  constructor(offer: string, share: number, nowMs: number) {
    const ssrcs = readSsrcs(offer);
    this.#blocks = ssrcs.map((ssrc) => ({ ...emptyBlock(), ssrc }));
    this.#newest = ssrcs.map(() => -1);
    this.#extensionId = numberOf(offer, TRANSPORT_SEQUENCE_EXTENSION);
    this.#feedbackAt = nowMs + share * FEEDBACK_MS;
    this.#reportAt = nowMs + share * REPORT_MS;
  }

  /** Notes a packet, encrypted or not; true if it is neither a repeat nor padding. */
  receive(packet: Uint8Array, arrivedMs: number): boolean {
    const source = this.#blocks
      .findIndex(({ ssrc }) => ssrc === readU32(packet, 8));
    if (this.#view.parse(packet)) {
      const at = this.#view.findExtension(this.#extensionId);
      const now = instantAt(arrivedMs);
      if (at >= 0) this.#arrivals.receive(readU16(packet, at), now);
    }
    if (source < 0) return false;
    this.#newest[source] = readU16(packet, 2);
    return true;
  }

  /** Says what is due, if anything, by `send`: a packet that is valid meanwhile. */
  poll(nowMs: number, send: (packet: Uint8Array) => void): void {
    if (nowMs < this.#feedbackAt) return;
    this.#feedbackAt = Math.max(this.#feedbackAt + FEEDBACK_MS, nowMs);
    this.#writer.reset();
    const reports = nowMs >= this.#reportAt;
    if (reports) {
      this.#reportAt = Math.max(this.#reportAt + REPORT_MS, nowMs);
      this.#report();
    } else this.#writer.receiverReport(SSRC, []);
    const { ssrc } = this.#blocks[0]!;
    const hasArrivals = this.#arrivals.pending &&
      this.#writer.transportFeedback(SSRC, ssrc, this.#arrivals);
    if (reports || hasArrivals) send(this.#writer.packet());
  }

  #report(): void {
    this.#blocks.forEach((block, i) => {
      block.extendedHighest = Math.max(0, this.#newest[i]!);
    });
    this.#writer.receiverReport(SSRC, this.#blocks);
    this.#newest.forEach((newest, i) => {
      if (newest < 0) return;
      this.#missing[0] = newest;
      this.#writer.nack(SSRC, this.#blocks[i]!.ssrc, this.#missing, 1);
    });
  }
}

/** Of a header extension, as it is offered. */
function numberOf(offer: string, uri: string): number {
  const line = offer.split("\r\n")
    .find((line) => line.startsWith("a=extmap:") && line.endsWith(` ${uri}`));
  if (line === undefined) throw new Error(`${uri} is not offered`);
  return Number.parseInt(line.slice("a=extmap:".length));
}
