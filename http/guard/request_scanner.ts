import { assertNever } from "../../lib/assert_never.ts";
import { ChunkScanner } from "./chunk_scanner.ts";
import { FrameScanner } from "./frame_scanner.ts";
import { parseRequestHead } from "./request_head.ts";

/** What is to be done with a client's bytes. */
export type Verdict =
  | { readonly kind: "fine" }
  | {
    readonly kind: "refused";
    /** The HTTP status that says so. */
    readonly status: 400 | 431;
    readonly reason: string;
  }
  /** A WebSocket message is longer than it may be. */
  | { readonly kind: "too-long" };

/** What is expected of a client next. */
export type Phase =
  /** The first byte of a request. */
  | "idle"
  /** The rest of a request's head. */
  | "head"
  | "body"
  /** WebSocket frames, to the end of the connection. */
  | "frames";

/** How much a client may send at once. */
export interface ScanLimits {
  readonly headBytes: number;
  readonly messageBytes: number;
}

const FINE: Verdict = { kind: "fine" };

/**
 * Follows what a client sends over one connection, from the first request's
 * head to WebSocket frames, as closely as is needed to bound it.
 */
export class RequestScanner {
  readonly #limits: ScanLimits;
  #phase: Phase = "idle";
  /** What has come of a head, a character for each byte. */
  #head = "";
  #requests = 0;
  #body: number | ChunkScanner = 0;
  #frames: FrameScanner | undefined;

  /** Begins before the first request. */
  constructor(limits: ScanLimits) {
    this.#limits = limits;
  }

  /** What is expected next. */
  get phase(): Phase {
    return this.#phase;
  }

  /** How many requests have come with their whole head. */
  get requestCount(): number {
    return this.#requests;
  }

  /** Takes the next bytes; after anything but "fine" there must be no more. */
  take(bytes: Uint8Array): Verdict {
    let at = 0;
    while (at < bytes.length) {
      switch (this.#phase) {
        case "idle":
        case "head": {
          const next = this.#takeHead(bytes, at);
          if (typeof next !== "number") return next;
          at = next;
          break;
        }
        case "body": {
          const next = this.#takeBody(bytes, at);
          if (next === "malformed") return refuse(400, "malformed chunk");
          at = next;
          break;
        }
        case "frames":
          return this.#frames?.take(bytes.subarray(at)) === "too-long"
            ? { kind: "too-long" }
            : FINE;
        default:
          assertNever(this.#phase);
      }
    }
    return FINE;
  }

  /** @returns where it goes on, or a refusal */
  #takeHead(bytes: Uint8Array, from: number): number | Verdict {
    this.#phase = "head";
    let at = from;
    while (at < bytes.length) {
      const byte = bytes[at++] ?? 0;
      this.#head += String.fromCharCode(byte);
      if (this.#head.length > this.#limits.headBytes) {
        return refuse(431, "head too large");
      }
      if (byte !== 0x0a) continue;
      if (!this.#head.endsWith("\r\n")) return refuse(400, "stray line end");
      if (this.#head === "\r\n") {
        this.#head = ""; // one before a request is allowed (RFC 9112 §2.2)
      } else if (this.#head.endsWith("\r\n\r\n")) {
        return this.#endHead() ?? at;
      }
    }
    return at;
  }

  #endHead(): Verdict | undefined {
    const head = parseRequestHead(this.#head);
    this.#head = "";
    this.#requests += 1;
    switch (head.kind) {
      case "refused":
        return refuse(400, head.reason);
      case "frames":
        this.#frames = new FrameScanner(this.#limits.messageBytes);
        this.#phase = "frames";
        return undefined;
      case "chunks":
        this.#body = new ChunkScanner();
        this.#phase = "body";
        return undefined;
      case "body":
        this.#body = head.length;
        this.#phase = head.length === 0 ? "idle" : "body";
        return undefined;
      default:
        return assertNever(head);
    }
  }

  #takeBody(bytes: Uint8Array, from: number): number | "malformed" {
    if (typeof this.#body === "number") {
      const taken = Math.min(this.#body, bytes.length - from);
      this.#body -= taken;
      if (this.#body === 0) this.#phase = "idle";
      return from + taken;
    }
    const end = this.#body.take(bytes, from);
    if (end === "malformed") return end;
    if (end === "more") return bytes.length;
    this.#phase = "idle";
    return end;
  }
}

function refuse(status: 400 | 431, reason: string): Verdict {
  return { kind: "refused", status, reason };
}
