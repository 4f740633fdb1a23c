import { MAX_BCRYPT_PASSWORD_BYTES } from "./bcrypt_format.ts";
import type { BcryptDone, BcryptJob } from "./bcrypt_worker.ts";
import { Limiter } from "./limiter.ts";

/**
 * Computes slow hashes, off the event loop and a few at a time. Whoever opens
 * one closes it.
 */
export interface PasswordHasher extends Disposable {
  /** Whether a password has a bcrypt hash. */
  verifyBcrypt(password: string, hash: string): Promise<boolean>;

  /**
   * Makes a bcrypt hash with a salt of its own.
   *
   * @param cost logarithm of the work, 4 to 31
   * @throws {RangeError} if the password is empty or has more than 72 bytes
   */
  hashBcrypt(password: string, cost: number): Promise<string>;

  /** Derives a key by PBKDF2 with SHA-256 (RFC 8018 §5.2). */
  derivePbkdf2(
    password: string,
    salt: Uint8Array<ArrayBuffer>,
    iterations: number,
    sizeBytes: number,
  ): Promise<Uint8Array>;

  /** Ends the threads. What is under way is not answered. Idempotent. */
  close(): void;
}

/**
 * How many passwords may wait while others are hashed. Lower frees memory and
 * turns people away at the beginning of a big lecture; higher lets an attacker
 * keep others waiting: each costs about a tenth of a second.
 */
const MAX_WAITING = 200;

/**
 * Makes a hasher. It starts threads when they are first needed.
 *
 * @param maxRunning how many hashes at a time; by default on half of the cores,
 * as the others are for sound and pictures
 */
export function createPasswordHasher(
  maxRunning: number = Math.max(1, navigator.hardwareConcurrency >> 1),
): PasswordHasher {
  const limiter = new Limiter(maxRunning, MAX_WAITING);
  const workers = new BcryptWorkers();
  const close = () => workers.close();
  return {
    async verifyBcrypt(text, hash) {
      const password = encode(text).slice(0, MAX_BCRYPT_PASSWORD_BYTES);
      if (password.length === 0) return false;
      return await limiter.run(() =>
        workers.run({ kind: "verify", password, hash })
      ) === true;
    },
    async hashBcrypt(text, cost) {
      const password = encode(text);
      if (password.length === 0) throw new RangeError("the password is empty");
      if (password.length > MAX_BCRYPT_PASSWORD_BYTES) {
        throw new RangeError(
          `the password has more than ${MAX_BCRYPT_PASSWORD_BYTES} bytes`,
        );
      }
      const salt = crypto.getRandomValues(new Uint8Array(16));
      return String(
        await limiter.run(() =>
          workers.run({ kind: "hash", password, salt, cost })
        ),
      );
    },
    derivePbkdf2: (password, salt, iterations, sizeBytes) =>
      limiter.run(() => derive(password, salt, iterations, sizeBytes)),
    close,
    [Symbol.dispose]: close,
  };
}

/** Threads for bcrypt: as many as have been busy at the same time. */
class BcryptWorkers {
  readonly #idle: Worker[] = [];
  readonly #all = new Set<Worker>();

  /** Has a job done by a thread that has nothing to do, or by a new one. */
  async run(job: BcryptJob): Promise<boolean | string> {
    const worker = this.#idle.pop() ?? this.#start();
    const reply = await new Promise<BcryptDone>((resolve) => {
      worker.onmessage = ({ data }) => resolve(data as BcryptDone);
      worker.onerror = (event) => {
        event.preventDefault();
        resolve({ error: event.message });
      };
      worker.postMessage(job);
    });
    if (typeof reply !== "object") {
      if (this.#all.has(worker)) this.#idle.push(worker);
      return reply;
    }
    this.#all.delete(worker);
    worker.terminate();
    throw new Error(`Cannot compute bcrypt: ${reply.error}`);
  }

  /** Ends all threads. */
  close(): void {
    for (const worker of this.#all) worker.terminate();
    this.#all.clear();
    this.#idle.length = 0;
  }

  #start(): Worker {
    const worker = new Worker(new URL("./bcrypt_worker.ts", import.meta.url), {
      type: "module",
      name: "bcrypt",
    });
    this.#all.add(worker);
    return worker;
  }
}

/** WebCrypto computes in threads of its own. */
async function derive(
  password: string,
  salt: Uint8Array<ArrayBuffer>,
  iterations: number,
  sizeBytes: number,
): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey(
    "raw",
    encode(password),
    "PBKDF2",
    false,
    ["deriveBits"],
  );
  const parameters = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return new Uint8Array(
    await crypto.subtle.deriveBits(parameters, key, sizeBytes * 8),
  );
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
