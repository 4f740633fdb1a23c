import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

/**
 * Moves the focus to a screen when it opens: what had it went with the screen
 * before, and whoever listens or uses the keyboard would start from the top.
 */
export function useScreenFocus(): RefObject<HTMLElement | null> {
  const screen = useRef<HTMLElement>(null);
  useEffect(() => screen.current?.focus({ preventScroll: true }), []);
  return screen;
}
