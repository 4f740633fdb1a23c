import type { Now } from "../lib/time.ts";
import { RtcpWriter, type SenderReport } from "./rtp/rtcp_writer.ts";
import type { SubscriberTrack } from "./subscriber_track.ts";
import type { PeerTransport } from "./transport/ports.ts";

/** Between sender reports, in milliseconds (B-52). */
const REPORT_INTERVAL_MS = 500;

/** Room for a report and the longest CNAME. */
const PACKET_SIZE = 400;

/** What we tell a viewer about each track: by which it plays them in step. */
export class SubscriberReports {
  readonly #transport: PeerTransport;
  readonly #writer = new RtcpWriter(new Uint8Array(PACKET_SIZE));
  readonly #cnames = new Map<string, Uint8Array>();
  readonly #report: SenderReport = {
    ssrc: 0,
    ntpHigh: 0,
    ntpLow: 0,
    rtpTimestamp: 0,
    packetCount: 0,
    octetCount: 0,
  };
  #nextReport = 0;

  constructor(transport: PeerTransport) {
    this.#transport = transport;
  }

  /**
   * Sends a report for each track that has something to report. The first goes
   * out as soon as there is one, so that lip sync does not wait (B-52).
   */
  poll(tracks: readonly SubscriberTrack[], now: Now): void {
    if (now.instant < this.#nextReport) return;
    let sent = 0;
    for (let i = 0; i < tracks.length; i++) {
      const track = tracks[i]!;
      if (!track.report(now, this.#report)) continue;
      this.#writer.reset();
      this.#writer.senderReport(this.#report);
      this.#writer.cname(track.section.ssrc, this.#cname(track));
      this.#transport.sendRtcp(this.#writer.packet());
      sent++;
    }
    if (sent > 0) this.#nextReport = now.instant + REPORT_INTERVAL_MS;
  }

  #cname(track: SubscriberTrack): Uint8Array {
    const { cname } = track.section;
    const known = this.#cnames.get(cname);
    if (known) return known;
    const bytes = new TextEncoder().encode(cname).subarray(0, 255);
    this.#cnames.set(cname, bytes);
    return bytes;
  }
}
