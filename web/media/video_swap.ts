/** Longer shows an old picture for longer if the new one never comes. */
const PATIENCE_MS = 8_000;

/** What the swap tells its owner. */
export interface VideoSwapEvents {
  /** There is a picture now, or none any more. */
  handlePicture(shown: boolean): void;
  /** The browser does not let sound play before the user has clicked. */
  handleBlocked(): void;
}

/**
 * Shows one stream after another in two `<video>` elements: a new stream loads
 * in the hidden one and takes over when it has its first frame, so that there
 * is a picture at every moment.
 */
export class VideoSwap {
  readonly #events: VideoSwapEvents;
  #front: HTMLVideoElement;
  #back: HTMLVideoElement;
  #muted: boolean;
  /** Counts up, so that a frame of a stream that was given up is not taken. */
  #turn = 0;
  #patience: ReturnType<typeof setTimeout> | undefined;

  /** The elements stay their owner's, who puts them into the page. */
  constructor(
    front: HTMLVideoElement,
    back: HTMLVideoElement,
    muted: boolean,
    events: VideoSwapEvents,
  ) {
    this.#front = front;
    this.#back = back;
    this.#muted = muted;
    this.#events = events;
    front.muted = muted;
    back.muted = true;
    front.dataset.front = "";
    front.addEventListener("resize", noteShape);
    back.addEventListener("resize", noteShape);
  }

  /** Shows this stream as soon as it can be seen, or nothing. */
  show(media: MediaStream | null, hasVideo: boolean): void {
    const current = this.#front.srcObject;
    if (media === current) return this.#restart(media, hasVideo);
    // It is on its way already.
    if (hasVideo && media !== null && media === this.#back.srcObject) return;
    const turn = this.#nextTurn();
    if (media === null || current === null || !hasVideo) {
      this.#release(this.#back);
      this.#front.srcObject = media;
      return this.#restart(media, hasVideo);
    }
    this.#back.muted = true;
    this.#back.srcObject = media;
    void this.#back.play().catch(() => undefined);
    this.#onFrame(this.#back, () => this.#swap(turn));
    this.#patience = setTimeout(() => this.#swap(turn), PATIENCE_MS);
  }

  /** Plays, as after the click that allows sound. */
  play(): void {
    this.#front.play().catch((error: unknown) => {
      const blocked = error instanceof Error &&
        error.name === "NotAllowedError";
      if (blocked) this.#events.handleBlocked();
    });
  }

  /** Sends the sound to a loudspeaker; empty for the default. */
  setSpeaker(deviceId: string): void {
    for (const video of [this.#front, this.#back]) {
      if (!("setSinkId" in video)) return;
      // A loudspeaker that is gone leaves the sound where it was.
      video.setSinkId(deviceId).catch(() => undefined);
    }
  }

  /** Plays as loud as this, from 0 to 1. */
  setVolume(volume: number): void {
    this.#front.volume = volume;
    this.#back.volume = volume;
  }

  /** Lets go of the streams. */
  close(): void {
    this.#nextTurn();
    for (const video of [this.#front, this.#back]) {
      video.removeEventListener("resize", noteShape);
      this.#release(video);
    }
  }

  #restart(media: MediaStream | null, hasVideo: boolean): void {
    const turn = this.#nextTurn();
    if (media === null || !hasVideo) this.#events.handlePicture(false);
    if (media === null) return;
    this.play();
    if (!hasVideo) return;
    this.#onFrame(this.#front, () => {
      if (turn === this.#turn) this.#events.handlePicture(true);
    });
  }

  #swap(turn: number): void {
    if (turn !== this.#turn) return;
    this.#nextTurn();
    const { pictureInPictureElement } = document;
    [this.#front, this.#back] = [this.#back, this.#front];
    // The small window goes on, with the new stream.
    if (pictureInPictureElement === this.#back) {
      this.#front.requestPictureInPicture().catch(() => undefined);
    }
    this.#front.muted = this.#muted;
    this.#front.dataset.front = "";
    delete this.#back.dataset.front;
    this.#release(this.#back);
    this.play();
    this.#events.handlePicture(true);
  }

  #nextTurn(): number {
    clearTimeout(this.#patience);
    this.#turn += 1;
    return this.#turn;
  }

  #release(video: HTMLVideoElement): void {
    video.muted = true;
    video.srcObject = null;
  }

  #onFrame(video: HTMLVideoElement, run: () => void): void {
    video.requestVideoFrameCallback(run);
  }
}

/** Marks upright pictures for the style sheet, which cannot see their shape. */
function noteShape(this: HTMLVideoElement): void {
  const { videoWidth, videoHeight } = this;
  this.toggleAttribute("data-upright", videoHeight > videoWidth);
}
