import type { Preferences } from "./preferences.ts";
import { profileOf } from "./quality.ts";

/** A microphone, camera or loudspeaker that can be chosen. */
export interface Device {
  readonly id: string;
  /** Empty until the browser may tell. */
  readonly label: string;
}

/** All devices, by what they are for. */
export interface DeviceLists {
  readonly microphones: readonly Device[];
  readonly cameras: readonly Device[];
  /** Empty where the browser does not let pages choose. */
  readonly speakers: readonly Device[];
}

/** What a page knows before it has asked. */
export const NO_DEVICES: DeviceLists = {
  microphones: [],
  cameras: [],
  speakers: [],
};

/** The part of `navigator.mediaDevices` that is used; absent without HTTPS. */
export type MediaDevicesPort = Pick<
  MediaDevices,
  | "getUserMedia"
  | "getDisplayMedia"
  | "enumerateDevices"
  | "addEventListener"
  | "removeEventListener"
>;

/** Lists the devices. Their names come only after one of them was opened. */
export async function listDevices(
  port: MediaDevicesPort,
): Promise<DeviceLists> {
  const all = await port.enumerateDevices();
  const ofKind = (kind: MediaDeviceKind): Device[] =>
    all.filter((device) => device.kind === kind && device.deviceId !== "")
      .map((device) => ({ id: device.deviceId, label: device.label }));
  return {
    microphones: ofKind("audioinput"),
    cameras: ofKind("videoinput"),
    speakers: ofKind("audiooutput"),
  };
}

/** What to ask of a microphone. */
export function microphoneConstraints(
  { microphoneId, noiseSuppression }: Pick<
    Preferences,
    "microphoneId" | "noiseSuppression"
  >,
): MediaTrackConstraints {
  return {
    echoCancellation: noiseSuppression,
    noiseSuppression,
    autoGainControl: noiseSuppression,
    ...exactly(microphoneId),
  };
}

/** What to ask of a camera. */
export function cameraConstraints(
  { cameraId, quality, blackboard, resolution }: Pick<
    Preferences,
    "cameraId" | "quality" | "blackboard" | "resolution"
  >,
): MediaTrackConstraints {
  const { width, height, framesPerSecond } = profileOf(quality);
  const size = resolution !== null
    ? { width: { ideal: resolution[0] }, height: { ideal: resolution[1] } }
    : blackboard
    ? { width: { min: 640, ideal: 1920 }, height: { min: 400, ideal: 1080 } }
    : { width: { ideal: width }, height: { ideal: height } };
  return {
    ...size,
    frameRate: { ideal: framesPerSecond, max: framesPerSecond },
    ...exactly(cameraId),
  };
}

/** A chosen device and no other; the system's default if none is chosen. */
function exactly(deviceId: string): MediaTrackConstraints {
  return deviceId === "" ? {} : { deviceId: { exact: deviceId } };
}
