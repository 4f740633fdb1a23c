import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useAdmin } from "./admin_context.ts";

/**
 * Keeps the focus in a part of the page. What had it may be gone with the row
 * or the group that it stood in, and whoever uses the keyboard would start from
 * the top.
 */
export function useKeptFocus(): RefObject<HTMLElement | null> {
  const part = useRef<HTMLElement>(null);
  const { section, open, outcome, busy } = useAdmin().store.state.value;
  useEffect(() => {
    const { activeElement } = document;
    // Browsers take it from a button that can no longer be pressed, but later.
    const isLost = activeElement === document.body ||
      activeElement?.matches(":disabled");
    if (!isLost) return;
    part.current?.focus({ preventScroll: true });
  }, [section, open, outcome, busy]);
  return part;
}
