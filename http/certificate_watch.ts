import type { Log } from "../lib/log.ts";
import type { CertificatePair } from "./certificate.ts";

/** What a {@linkcode CertificateWatch} needs. */
export interface CertificateWatchParts {
  /** Where `cert.pem` and `key.pem` are. */
  readonly directory: string;
  /**
   * Shows a pair to those who connect from now on.
   *
   * @throws {Error} if it cannot be used, and the one before stays
   */
  readonly use: (pair: CertificatePair) => void;
  readonly log: Log;
}

/**
 * Looks at the files of the certificate, and has them used when they have
 * changed (D-2). A pair that is broken, or half there, is told of in the log
 * once; the one that was used before stays.
 */
export class CertificateWatch {
  readonly #parts: CertificateWatchParts;
  #used: string;
  /** What the files were like when they were looked at last. */
  #seen: string;
  #polling: Promise<void> | undefined;

  private constructor(parts: CertificateWatchParts, used: string) {
    this.#parts = parts;
    this.#used = used;
    this.#seen = used;
  }

  /** Begins with the files as they are: those are in use. */
  static async open(parts: CertificateWatchParts): Promise<CertificateWatch> {
    return new CertificateWatch(parts, await lookAt(parts.directory));
  }

  /**
   * Looks once. A change counts when it has lasted from one look to the next:
   * the two files are seldom replaced at the same moment.
   */
  poll(): Promise<void> {
    return this.#polling ??= this.#look().finally(() => {
      this.#polling = undefined;
    });
  }

  async #look(): Promise<void> {
    const now = await lookAt(this.#parts.directory);
    const hasSettled = now === this.#seen;
    this.#seen = now;
    if (!hasSettled || now === this.#used) return;
    this.#used = now;
    const { directory, log } = this.#parts;
    try {
      this.#parts.use({
        cert: await Deno.readTextFile(`${directory}/cert.pem`),
        key: await Deno.readTextFile(`${directory}/key.pem`),
      });
      log.info("New certificate in use", { directory });
    } catch (error) {
      log.error(
        `Cannot use cert.pem and key.pem in ${directory}. The certificate from before stays in use: put a certificate and its own key there`,
        { error: error instanceof Error ? error.message : String(error) },
      );
    }
  }
}

/** What tells a pair of files from another, without reading them. */
async function lookAt(directory: string): Promise<string> {
  const looks = ["cert.pem", "key.pem"].map(async (name) => {
    try {
      const { mtime, size, ino } = await Deno.stat(`${directory}/${name}`);
      return `${mtime?.getTime()} ${size} ${ino}`;
    } catch (error) {
      // Whatever it is, reading the file will say.
      return String(error);
    }
  });
  return (await Promise.all(looks)).join(", ");
}
