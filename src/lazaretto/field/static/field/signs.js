// Words. Both languages are on the phone: the switch needs no network.
export { sound } from "../ui/js/sound.js";

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
