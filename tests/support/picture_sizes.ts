import type { Page } from "playwright-core";
import type { CallPage } from "./call_page.ts";
import type { ReceivedPicture } from "./media_probe.ts";
import { waitFor } from "./wait_for.ts";

/** Waits until a page goes on showing the only picture that it receives in that width. */
export async function showsWidth(
  person: CallPage,
  width: number,
): Promise<ReceivedPicture> {
  const { pictures: [before] } = await person.report();
  const report = await waitFor(
    `${person.username} to see a picture ${width} pixels wide`,
    () => person.report(),
    ({ pictures: [picture] }) =>
      picture?.width === width &&
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
