import type { Page } from "playwright-core";
import type { CallPage } from "./call_page.ts";
import type { ReceivedPicture } from "./media_probe.ts";
import { waitFor } from "./wait_for.ts";

/**
 * Between the widths of two sizes of a camera: a busy browser makes each of them
 * smaller, but not by half.
 */
const BETWEEN = 700;

/**
 * Waits until a page goes on showing the only picture that it receives, and that
 * is of one size of two.
 */
export async function showsSize(
  person: CallPage,
  size: "large" | "small",
): Promise<ReceivedPicture> {
  const { pictures: [before] } = await person.report();
  const report = await waitFor(
    `${person.username} to see a ${size} picture`,
    () => person.report(),
    ({ pictures: [picture] }) =>
      picture !== undefined && picture.width > 0 &&
      picture.width > BETWEEN === (size === "large") &&
      picture.framesDecoded > (before?.framesDecoded ?? 0) + 15,
  );
  return report.pictures[0]!;
}

/** Makes a page of Playwright's so small that its tiles want small pictures. */
export async function shrink({ page }: CallPage): Promise<void> {
  await (page as Page).setViewportSize({ width: 640, height: 480 });
}

/** Gives a page of Playwright's its usual size again. */
export async function grow({ page }: CallPage): Promise<void> {
  await (page as Page).setViewportSize({ width: 1_280, height: 800 });
}
