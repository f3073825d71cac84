// One choice of several, by radio buttons: the browser's own keyboard and its own words for those who cannot see.
import { el } from "./dom";
import { shortened } from "./text";

export interface Choice<T> {
  words: string;
  value: T;
}

/** `onChange` gets the value that was chosen; `name` tells the groups of one page apart. */
export function chooser<T>(name: string, legend: string, choices: readonly Choice<T>[], chosen: number, onChange: (value: T) => void): HTMLElement {
  const options = choices.map((choice, at) => {
    const input = el("input", { type: "radio", name, value: at });
    if (at === chosen) input.defaultChecked = true;
    input.addEventListener("change", () => onChange(choice.value));
    return el("label", {}, input, el("span", {}, shortened(choice.words, 60)));
  });
  return el("fieldset", { class: "chooser" }, el("legend", {}, legend), ...options);
}
