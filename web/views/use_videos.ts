import type { RefObject } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { VideoSwap } from "../media/video_swap.ts";
import type { Flow } from "../state/session_state.ts";
import { usePage } from "./page.ts";
import type { Playback } from "./playback.ts";

/** The two elements of a tile, and whether there is a picture in one. */
export interface Videos {
  readonly first: RefObject<HTMLVideoElement | null>;
  readonly second: RefObject<HTMLVideoElement | null>;
  readonly picture: boolean;
}

/** Lets a flow's streams take turns in two elements, as loud as is wished. */
export function useVideos(flow: Flow, playback: Playback): Videos {
  const { preferences } = usePage();
  const first = useRef<HTMLVideoElement>(null);
  const second = useRef<HTMLVideoElement>(null);
  const swap = useRef<VideoSwap>(null);
  const picture = useSignal(false);
  const { speakerId, volumes } = preferences.current.value;
  const volume = volumes[flow.username] ?? 1;

  useEffect(() => {
    if (first.current === null || second.current === null) return;
    const videos = new VideoSwap(first.current, second.current, flow.own, {
      handlePicture: (shown) => picture.value = shown,
      handleBlocked: () => playback.handleBlocked(),
    });
    swap.current = videos;
    playback.add(videos);
    return () => {
      playback.remove(videos);
      videos.close();
    };
  }, []);
  useEffect(() => {
    swap.current?.show(flow.media, flow.hasVideo);
  }, [flow.media, flow.hasVideo, flow.hasAudio]);
  useEffect(() => swap.current?.setSpeaker(speakerId), [speakerId]);
  useEffect(() => swap.current?.setVolume(volume), [volume]);

  return { first, second, picture: picture.value };
}
