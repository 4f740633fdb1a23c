import type { ServerConnection } from "../client/server_connection.ts";
import type { Stream } from "../client/stream.ts";
import type { MediaDevicesPort } from "../media/devices.ts";
import { type MediaProblem, toMediaProblem } from "../media/media_problem.ts";
import type { Store } from "../state/store.ts";
import { offerFlow, type OutgoingFlow } from "./outgoing_flow.ts";
import { showOwnFlow } from "./own_flow.ts";
import { SCREEN_LABEL } from "./receiving.ts";

/** Lower is kinder to the uplink; higher keeps small print legible in motion. */
const MAX_RATE_BPS = 2_500_000;
/** Lower leaves each picture sharper; higher shows films better. */
const FRAMES_PER_SECOND = 15;

const SCREEN_FLOW: OutgoingFlow = {
  label: SCREEN_LABEL,
  maxRateBps: MAX_RATE_BPS,
};

/** Sends a picture of the user's screen, in a flow of its own. */
export class ScreenShare {
  readonly #store: Store;
  readonly #port: MediaDevicesPort | undefined;
  #connection: ServerConnection | undefined;
  #media: MediaStream | undefined;
  #stream: Stream | undefined;
  #localId: string | undefined;

  /** @param port `navigator.mediaDevices`, which insecure pages do not have */
  constructor(store: Store, port: MediaDevicesPort | undefined) {
    this.#store = store;
    this.#port = port;
  }

  /** Whether the browser can share screens: those of phones cannot. */
  get possible(): boolean {
    return this.#port !== undefined && "getDisplayMedia" in this.#port;
  }

  /** Sends over this connection, which has joined, what is being shared. */
  async attach(connection: ServerConnection): Promise<void> {
    this.#connection = connection;
    if (this.#media !== undefined) await this.#offer(this.#media);
  }

  /** The connection is gone; the screen is still captured. */
  detach(): void {
    this.#connection = undefined;
    this.#stream = undefined;
  }

  /**
   * Lets the user choose a screen, and sends it.
   *
   * @returns what went wrong, or `undefined`; changing one's mind is not wrong
   */
  async start(): Promise<MediaProblem | undefined> {
    if (this.#port === undefined) return "insecure";
    if (this.#media !== undefined) return undefined;
    try {
      const media = await this.#port.getDisplayMedia({
        video: { frameRate: { ideal: FRAMES_PER_SECOND } },
        audio: true,
      });
      this.#media = media;
      for (const track of media.getVideoTracks()) {
        track.contentHint = "detail";
        track.addEventListener("ended", () => this.stop());
      }
      await this.#offer(media);
      return undefined;
    } catch (error) {
      const problem = toMediaProblem(error);
      return problem === "denied" ? undefined : problem;
    }
  }

  /** Stops capturing and sending. Idempotent. */
  stop(): void {
    for (const track of this.#media?.getTracks() ?? []) track.stop();
    this.#media = undefined;
    this.#stream?.close();
    this.#stream = undefined;
    this.#localId = undefined;
    this.#show();
  }

  async #offer(media: MediaStream): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined) return;
    const [video = null] = media.getVideoTracks();
    const [audio = null] = media.getAudioTracks();
    const stream = await offerFlow(
      connection,
      SCREEN_FLOW,
      { audio, video },
      this.#localId,
    );
    stream.onabort = () => this.stop();
    this.#stream = stream;
    this.#localId = stream.localId;
    this.#show();
  }

  #show(): void {
    const screen = this.#stream !== undefined;
    this.#store.dispatch({ kind: "own-media", own: { screen } });
    showOwnFlow(this.#stream, "screen", this.#store);
  }
}
