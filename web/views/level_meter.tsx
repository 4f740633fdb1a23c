import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { STRINGS } from "../strings.ts";
import { usePage } from "./page.ts";

/** A key of its own beside those of flows. */
const KEY = "preview";
/** Speech is far below full scale: this much fills the bar. */
const FULL_LEVEL = 0.25;

/** Shows how loud a microphone is, so that one sees that it works. */
export function LevelMeter(
  { track }: { readonly track: MediaStreamTrack },
): JSX.Element {
  const { levels } = usePage();
  const bar = useRef<HTMLSpanElement>(null);

  useEffect(() => {
    levels.watch(KEY, new MediaStream([track]));
    let frame = 0;
    const draw = () => {
      const part = Math.min(levels.level(KEY) / FULL_LEVEL, 1);
      bar.current?.style.setProperty("transform", `scaleX(${part.toFixed(3)})`);
      frame = requestAnimationFrame(draw);
    };
    draw();
    return () => {
      cancelAnimationFrame(frame);
      levels.unwatch(KEY);
    };
  }, [track]);

  return (
    <span class="level" role="img" aria-label={STRINGS.join.level}>
      <span class="level-bar" ref={bar} />
    </span>
  );
}
