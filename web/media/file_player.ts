/** A file that is being played. */
export interface FilePlayer {
  readonly media: MediaStream;
  /** Plays, from the beginning; it waits for this, so that nobody misses any. */
  readonly play: () => void;
  /** When it has been played to its end; never, if it was stopped before. */
  readonly ended: Promise<void>;
  /** Stops playing. */
  readonly release: () => void;
}

/** What browsers that can send what an element plays have. */
type Capturing = HTMLVideoElement & { captureStream?: () => MediaStream };

/**
 * Plays a film or a sound file, on this machine's loudspeaker and as media that
 * can be sent.
 *
 * @returns `undefined` if the browser cannot play or capture it
 */
export async function playFile(
  file: File,
): Promise<FilePlayer | undefined> {
  const video: Capturing = document.createElement("video");
  if (video.captureStream === undefined) return undefined;
  const url = URL.createObjectURL(file);
  const release = () => {
    video.pause();
    URL.revokeObjectURL(url);
  };
  video.src = url;
  video.playsInline = true;
  const ended = Promise.withResolvers<void>();
  video.addEventListener("ended", () => ended.resolve());
  try {
    await video.play();
    // Only what plays has tracks; they stay when it pauses.
    const media = video.captureStream();
    video.pause();
    video.currentTime = 0;
    const play = () => void video.play().catch(() => undefined);
    return { media, play, ended: ended.promise, release };
  } catch {
    release();
    return undefined;
  }
}
