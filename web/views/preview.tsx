import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { DeviceKind } from "../media/local_media.ts";
import { openForStart } from "../media/start.ts";
import { STRINGS } from "../strings.ts";
import { Avatar } from "./avatar.tsx";
import { Icon } from "./icons.tsx";
import { LevelMeter } from "./level_meter.tsx";
import { usePage } from "./page.ts";

/** Shows what the others would see and whether they would hear anything. */
export function Preview({ name }: { readonly name: string }): JSX.Element {
  const { media, preferences } = usePage();
  const camera = media.camera.value;
  const microphone = media.microphone.value;
  const { mirror } = preferences.current.value;
  return (
    <div class="preview">
      <div class="preview-picture" data-mirror={mirror ? "" : undefined}>
        {camera === null
          ? <PreviewBlank name={name} />
          : <CameraPicture track={camera} />}
        <span class="preview-sound">
          <Icon name={microphone === null ? "microphoneOff" : "microphone"} />
          {microphone !== null && <LevelMeter track={microphone} />}
        </span>
      </div>
      <PreviewProblem />
    </div>
  );
}

function CameraPicture(
  { track }: { readonly track: MediaStreamTrack },
): JSX.Element {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    element.muted = true;
    element.srcObject = new MediaStream([track]);
    // A preview that cannot play is black, which says enough.
    element.play().catch(() => undefined);
    return () => {
      element.srcObject = null;
    };
  }, [track]);
  return (
    <video
      ref={video}
      autoplay
      playsInline
      muted
      aria-label={STRINGS.join.preview}
    />
  );
}

function PreviewBlank({ name }: { readonly name: string }): JSX.Element {
  const { media, preferences } = usePage();
  const { start } = preferences.current.value;
  const words = STRINGS.join;
  const text = start === "camera" && media.problem("camera").value === null
    ? words.cameraStarting
    : start === "nothing"
    ? words.nothingOn
    : words.cameraOff;
  return (
    <div class="preview-blank">
      <Avatar name={name} />
      <p>{text}</p>
    </div>
  );
}

/** What is wrong with the devices that are wanted, and the way to try again. */
function PreviewProblem(): JSX.Element {
  const { media, preferences } = usePage();
  const { start } = preferences.current.value;
  const kinds: readonly DeviceKind[] = start === "nothing"
    ? []
    : start === "microphone"
    ? ["microphone"]
    : ["camera", "microphone"];
  const texts = kinds.flatMap((kind) => {
    const problem = media.problem(kind).value;
    return problem === null ? [] : [STRINGS.problems[kind][problem]];
  });
  return (
    <div role="status" data-testid="preview-problem">
      {texts.length > 0 && (
        <div class="notice notice-warning">
          <Icon name="warning" />
          <div>
            {texts.map((text) => <p key={text}>{text}</p>)}
            <button
              type="button"
              class="button"
              data-testid="retry-devices"
              onClick={() => void openForStart(media, start)}
            >
              {STRINGS.landing.tryAgain}
            </button>
          </div>
        </div>
      )}
    </div>
  );
}
