// The sound and the vibration of each colour, for whoever looks at what is in their hand.
let audio = null;
const NOTES = { green: [[880, 0, 0.1]], blue: [[660, 0, 0.08]], amber: [[440, 0, 0.18], [440, 0.25, 0.18]], red: [[220, 0, 0.35], [180, 0.4, 0.5]] };

// `touched`: somebody has pressed something here, or on the page whose form led here.
export function sound(tone, touched = navigator.userActivation?.hasBeenActive !== false) {
  try {
    if (!touched) return; // a browser is mute until then
    audio ??= new AudioContext();
    for (const [pitch, after, length] of NOTES[tone] ?? []) {
      const voice = audio.createOscillator(), loudness = audio.createGain();
      voice.frequency.value = pitch;
      voice.type = tone === "red" ? "square" : "sine";
      loudness.gain.value = 0.25;
      voice.connect(loudness).connect(audio.destination);
      voice.start(audio.currentTime + after);
      voice.stop(audio.currentTime + after + length);
    }
  } catch { /* a phone without sound still says it in words and colour */ }
  if (tone === "red") navigator.vibrate?.([300, 120, 300]);
}
