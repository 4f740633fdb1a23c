/** Between a menu and its button, and between it and the edge of the page. */
const GAP_PX = 8;

/** The box of a button, in the viewport. */
export interface Anchor {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Width and height in CSS pixels. */
export interface Extent {
  readonly width: number;
  readonly height: number;
}

/**
 * Where a menu goes: below its button if it fits there, above it otherwise, and
 * always on the page. Its nearer edges are aligned with the button's.
 */
export function placeMenu(
  button: Anchor,
  menu: Extent,
  page: Extent,
): { readonly left: number; readonly top: number } {
  const below = button.bottom + GAP_PX;
  const above = button.top - GAP_PX - menu.height;
  const fitsBelow = below + menu.height + GAP_PX <= page.height;
  const middle = (button.left + button.right) / 2;
  const left = middle < page.width / 2
    ? button.left
    : button.right - menu.width;
  return {
    left: clamp(left, GAP_PX, page.width - menu.width - GAP_PX),
    top: clamp(
      fitsBelow ? below : above,
      GAP_PX,
      page.height - menu.height - GAP_PX,
    ),
  };
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}
