import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { LevelMeter } from "./level_meter.tsx";
import { usePage } from "./page.ts";

/** Whether the microphone hears one, also while nobody else does. */
export function MicrophoneLevel(): JSX.Element | null {
  const microphone = usePage().media.microphone.value;
  const ear = useSignal<MediaStreamTrack | null>(null);
  useEffect(() => {
    // The track itself is silent while one is muted.
    const track = microphone?.clone() ?? null;
    if (track !== null) track.enabled = true;
    ear.value = track;
    return () => track?.stop();
  }, [microphone]);
  return ear.value === null ? null : <LevelMeter track={ear.value} />;
}
