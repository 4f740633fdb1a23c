/**
 * Runs bcrypt in a thread of its own, since it takes a tenth of a second and
 * blocks. Takes a {@linkcode BcryptJob}, answers with a {@linkcode BcryptDone}.
 *
 * @module
 */
import { bcrypt, bcryptVerify } from "hash-wasm";

/** What to do. Passwords are 1 to 72 bytes. */
export type BcryptJob =
  | {
    readonly kind: "verify";
    readonly password: Uint8Array<ArrayBuffer>;
    readonly hash: string;
  }
  | {
    readonly kind: "hash";
    readonly password: Uint8Array<ArrayBuffer>;
    readonly salt: Uint8Array<ArrayBuffer>;
    readonly cost: number;
  };

/** What came of it: whether the password is right, the hash, or an error. */
export type BcryptDone = boolean | string | { readonly error: string };

/** The part of the worker's global scope that is used here. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<BcryptJob>) => void) | null;
  postMessage(done: BcryptDone): void;
}

async function carryOut(job: BcryptJob): Promise<BcryptDone> {
  try {
    if (job.kind === "verify") {
      return await bcryptVerify({ password: job.password, hash: job.hash });
    }
    return await bcrypt({
      password: job.password,
      salt: job.salt,
      costFactor: job.cost,
      outputType: "encoded",
    });
  } catch (error) {
    return { error: String(error) };
  }
}

// Deno's types for workers cannot be had beside those for the main thread.
const scope = globalThis as unknown as WorkerScope;
scope.onmessage = ({ data }) => {
  void carryOut(data).then((done) => scope.postMessage(done));
};
