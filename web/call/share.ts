import type { ServerConnection } from "../client/server_connection.ts";
import type { Stream } from "../client/stream.ts";
import type { FlowKind } from "../state/session_state.ts";
import type { Store } from "../state/store.ts";
import { offerFlow, type OutgoingFlow } from "./outgoing_flow.ts";
import { toOwnFlow, watchLink } from "./own_flow.ts";

/** What is shared. */
export interface Shared {
  readonly kind: FlowKind;
  readonly flow: OutgoingFlow;
  readonly media: MediaStream;
  /** Begins, when it can be received. */
  readonly play?: () => void;
  /** Lets go of where the media come from, at the end. */
  readonly release: () => void;
}

/**
 * A flow of one's own beside that of camera and microphone: a screen, a film.
 * Outlives connections, as its tile does.
 */
export class Share {
  readonly #shared: Shared;
  readonly #store: Store;
  readonly #handleEnd: (share: Share) => void;
  #stream: Stream | undefined;
  #localId: string | undefined;
  #ended = false;

  /** @param handleEnd told once, however it ends */
  constructor(
    shared: Shared,
    store: Store,
    handleEnd: (share: Share) => void,
  ) {
    this.#shared = shared;
    this.#store = store;
    this.#handleEnd = handleEnd;
    for (const track of shared.media.getVideoTracks()) {
      track.addEventListener("ended", () => this.stop());
    }
  }

  /** The tile's key; `undefined` before it was offered. */
  get localId(): string | undefined {
    return this.#localId;
  }

  /** What it shows. */
  get kind(): FlowKind {
    return this.#shared.kind;
  }

  /** Sends over this connection, which has joined. */
  async attach(connection: ServerConnection): Promise<void> {
    const { media, flow, kind, play } = this.#shared;
    const [video = null] = media.getVideoTracks();
    const [audio = null] = media.getAudioTracks();
    const stream = await offerFlow(
      connection,
      flow,
      { audio, video },
      this.#localId,
    );
    if (this.#ended) return stream.close();
    stream.onabort = () => this.stop();
    watchLink(stream, this.#store);
    stream.onlive = () => play?.();
    this.#stream = stream;
    this.#localId = stream.localId;
    this.#store.dispatch({
      kind: "flow-opened",
      flow: toOwnFlow(stream, kind),
    });
  }

  /** The connection is gone; what is shared goes on. */
  detach(): void {
    this.#stream = undefined;
  }

  /** Stops capturing and sending. Idempotent. */
  stop(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const track of this.#shared.media.getTracks()) track.stop();
    this.#shared.release();
    this.#stream?.close();
    if (this.#localId !== undefined) {
      this.#store.dispatch({ kind: "flow-closed", localId: this.#localId });
    }
    this.#handleEnd(this);
  }
}
