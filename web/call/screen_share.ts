import type { ServerConnection } from "../client/server_connection.ts";
import type { MediaDevicesPort } from "../media/devices.ts";
import { playFile } from "../media/file_player.ts";
import { type MediaProblem, toMediaProblem } from "../media/media_problem.ts";
import type { Store } from "../state/store.ts";
import type { OutgoingFlow } from "./outgoing_flow.ts";
import { FILE_LABEL, SCREEN_LABEL } from "./receiving.ts";
import { Share, type Shared } from "./share.ts";

/** Lower is kinder to the uplink; higher keeps small print legible in motion. */
const MAX_RATE_BPS = 2_500_000;
/** Lower leaves each picture sharper; higher shows films better. */
const FRAMES_PER_SECOND = 15;

const SCREEN_FLOW: OutgoingFlow = {
  label: SCREEN_LABEL,
  maxRateBps: MAX_RATE_BPS,
};

const FILE_FLOW: OutgoingFlow = {
  label: FILE_LABEL,
  maxRateBps: MAX_RATE_BPS,
};

/** Sends pictures of the user's screens and films, each in a flow of its own. */
export class ScreenShare {
  readonly #store: Store;
  readonly #port: MediaDevicesPort | undefined;
  #connection: ServerConnection | undefined;
  #shares: readonly Share[] = [];
  readonly #handleFile: () => void;

  /**
   * @param port `navigator.mediaDevices`, which insecure pages do not have
   * @param handleFile told when a file is to be played, which is heard here, too
   */
  constructor(
    store: Store,
    port: MediaDevicesPort | undefined,
    handleFile: () => void,
  ) {
    this.#store = store;
    this.#port = port;
    this.#handleFile = handleFile;
  }

  /** Whether the browser can share screens: those of phones cannot. */
  get possible(): boolean {
    return this.#port !== undefined && "getDisplayMedia" in this.#port;
  }

  /** Sends over this connection, which has joined, what is being shared. */
  async attach(connection: ServerConnection): Promise<void> {
    this.#connection = connection;
    for (const share of this.#shares) await share.attach(connection);
  }

  /** The connection is gone; screens are still captured. */
  detach(): void {
    this.#connection = undefined;
    for (const share of this.#shares) share.detach();
  }

  /**
   * Lets the user choose a screen, and sends it beside those that are sent.
   *
   * @returns what went wrong, or `undefined`; changing one's mind is not wrong
   */
  async start(): Promise<MediaProblem | undefined> {
    if (this.#port === undefined) return "insecure";
    try {
      const media = await this.#port.getDisplayMedia({
        video: { frameRate: { ideal: FRAMES_PER_SECOND } },
        audio: true,
      });
      for (const track of media.getVideoTracks()) track.contentHint = "detail";
      await this.#add({
        kind: "screen",
        flow: SCREEN_FLOW,
        media,
        release: () => undefined,
      });
      return undefined;
    } catch (error) {
      const problem = toMediaProblem(error);
      return problem === "denied" ? undefined : problem;
    }
  }

  /** Plays a film or a sound file for everybody. Whether that is possible. */
  async startFile(file: File): Promise<boolean> {
    const player = await playFile(file);
    if (player === undefined) return false;
    this.#handleFile();
    const share = await this.#add({
      kind: "file",
      flow: FILE_FLOW,
      ...player,
    });
    void player.ended.then(() => share.stop());
    return true;
  }

  /** Stops all that is shared, or the one flow with that `localId`. Idempotent. */
  stop(localId?: string): void {
    for (const share of this.#shares) {
      if (localId === undefined || share.localId === localId) share.stop();
    }
  }

  async #add(shared: Shared): Promise<Share> {
    const share = new Share(shared, this.#store, (ended) => {
      this.#shares = this.#shares.filter((other) => other !== ended);
      this.#show();
    });
    this.#shares = [...this.#shares, share];
    this.#show();
    if (this.#connection !== undefined) await share.attach(this.#connection);
    return share;
  }

  #show(): void {
    const screen = this.#shares.some(({ kind }) => kind === "screen");
    this.#store.dispatch({ kind: "own-media", own: { screen } });
  }
}
