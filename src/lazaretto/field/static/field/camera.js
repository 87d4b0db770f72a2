// The camera: QR codes of people, bars (Code 128) of tubes. Where the browser reads no codes itself, ZXing does (wasm).
import { given } from "./signs.js";

const FORMATS = ["qr_code", "code_128", "code_39", "ean_13", "data_matrix"], AGAIN = 2500, BREATH = 120;
let stream = null, detector = null;

export const possible = () => Boolean(navigator.mediaDevices?.getUserMedia);
export const isOpen = () => Boolean(stream);

async function reader() {
  if (detector) return detector;
  const own = "BarcodeDetector" in window ? await BarcodeDetector.getSupportedFormats().catch(() => []) : [];
  if (own.includes("qr_code") && own.includes("code_128")) return (detector = new BarcodeDetector({ formats: FORMATS.filter((one) => own.includes(one)) }));
  const zxing = window.BarcodeDetectionAPI;
  zxing.setZXingModuleOverrides({ locateFile: (path, prefix) => (path.endsWith(".wasm") ? given.wasm : prefix + path) });
  return (detector = new zxing.BarcodeDetector({ formats: FORMATS }));
}

export async function open(video, seen) {
  stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
  const eyes = await reader();
  video.srcObject = stream;
  video.hidden = false;
  await video.play();
  let last = "", until = 0;
  const look = async () => {
    if (!stream) return;
    const codes = video.readyState >= 2 ? await eyes.detect(video).catch(() => []) : [];
    for (const { rawValue } of codes) {
      if (rawValue === last && Date.now() < until) until = Date.now() + AGAIN; // the same code is still being looked at
      else {
        [last, until] = [rawValue, Date.now() + AGAIN];
        seen(rawValue);
        break;
      }
    }
    setTimeout(look, BREATH);
  };
  look();
}

export function close(video) {
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
  video.srcObject = null;
  video.hidden = true;
}

// Lamps are only where the track says so.
export const hasLamp = () => Boolean(stream?.getVideoTracks()[0]?.getCapabilities?.().torch);
export const lamp = (lit) => stream?.getVideoTracks()[0]?.applyConstraints({ advanced: [{ torch: lit }] });
