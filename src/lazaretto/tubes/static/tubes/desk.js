// What is wrong is heard too: whoever scans and counts looks at the bag, not at the screen.
import { sound } from "../ui/js/sound.js";

const tones = [...document.querySelectorAll("[data-sound], .lz-toast")].map((node) => node.dataset.sound ?? node.dataset.tone);
const tone = ["red", "amber"].find((one) => tones.includes(one));
if (tone) sound(tone, document.referrer.startsWith(location.origin));
