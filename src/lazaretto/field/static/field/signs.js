// Words, colours' sounds, vibration. Both languages are on the phone: the switch needs no network.
const root = document.querySelector("[data-field]");
export const given = JSON.parse(document.getElementById("field-data").textContent);
const CHOSEN = "lz-field-language";

let language = localStorage.getItem(CHOSEN) ?? (document.documentElement.lang.startsWith("zh") ? "zh-hans" : "en");
export const languageNow = () => language;

export const word = (key, values = {}) => Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value ?? ""), given.words[language][key] ?? key);

export function speak(chosen = language) {
  language = chosen;
  localStorage.setItem(CHOSEN, language);
  document.documentElement.lang = language === "en" ? "en" : "zh-Hans";
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = word(node.dataset.t);
  for (const node of root.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", word(node.dataset.tLabel));
  for (const node of root.querySelectorAll("[data-t-hint]")) node.placeholder = word(node.dataset.tHint);
}

export const clock = (text) => new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: given.zone }).format(new Date(text));

let audio = null;
const NOTES = { green: [[880, 0, 0.1]], blue: [[660, 0, 0.08]], amber: [[440, 0, 0.18], [440, 0.25, 0.18]], red: [[220, 0, 0.35], [180, 0.4, 0.5]] };

export function sound(tone) {
  try {
    if (navigator.userActivation?.hasBeenActive === false) return; // nobody touched the page yet: a browser is mute until then
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
