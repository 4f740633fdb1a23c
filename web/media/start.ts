import type { LocalMedia } from "./local_media.ts";
import type { StartChoice } from "./preferences.ts";

/** Opens what somebody wants to start with, and closes what not. */
export async function openForStart(
  media: LocalMedia,
  start: StartChoice,
): Promise<void> {
  switch (start) {
    case "camera":
      return await media.openBoth();
    case "microphone":
      await media.closeDevice("camera");
      await media.open("microphone");
      return;
    case "nothing":
      await media.closeDevice("camera");
      await media.closeDevice("microphone");
      return;
  }
}
