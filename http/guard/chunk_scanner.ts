/**
 * The longest line between the chunks of a body, in bytes. Our clients send
 * none of the extensions that could make it longer (RFC 9112 §7.1.1).
 */
const MAX_LINE_BYTES = 1_024;

/** The most lines after the last chunk (trailers, RFC 9112 §7.1.2). */
const MAX_TRAILERS = 32;

const CR = 0x0d;
const LF = 0x0a;

/** Finds the end of a body that comes in chunks (RFC 9112 §7.1). */
export class ChunkScanner {
  #state: "size" | "data" | "after-data" | "trailer" = "size";
  #line = "";
  #dataLeft = 0;
  #trailers = 0;

  /**
   * Takes bytes from `at` on.
   *
   * @returns where the body ends, `"more"` if it does not end in them, or
   * `"malformed"`
   */
  take(bytes: Uint8Array, at: number): number | "more" | "malformed" {
    while (at < bytes.length) {
      if (this.#state === "data") {
        const skipped = Math.min(this.#dataLeft, bytes.length - at);
        this.#dataLeft -= skipped;
        at += skipped;
        if (this.#dataLeft === 0) this.#state = "after-data";
        continue;
      }
      const byte = bytes[at++] ?? 0;
      if (byte !== LF) {
        this.#line += String.fromCharCode(byte);
        if (this.#line.length > MAX_LINE_BYTES) return "malformed";
        continue;
      }
      if (this.#line.charCodeAt(this.#line.length - 1) !== CR) {
        return "malformed";
      }
      const line = this.#line.slice(0, -1);
      this.#line = "";
      const next = this.#endLine(line);
      if (next === "malformed") return next;
      if (next === "end") return at;
    }
    return "more";
  }

  #endLine(line: string): "more" | "end" | "malformed" {
    switch (this.#state) {
      case "size": {
        const [, size] = /^([\da-f]{1,8})[ \t]*(?:;.*)?$/i.exec(line) ?? [];
        if (size === undefined) return "malformed";
        this.#dataLeft = Number.parseInt(size, 16);
        this.#state = this.#dataLeft === 0 ? "trailer" : "data";
        return "more";
      }
      case "after-data":
        this.#state = "size";
        return line === "" ? "more" : "malformed";
      default:
        if (line === "") return "end";
        this.#trailers += 1;
        return this.#trailers > MAX_TRAILERS ? "malformed" : "more";
    }
  }
}
