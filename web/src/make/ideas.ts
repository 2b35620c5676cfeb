// Chooses example prompts, for the chips and the dice button.
import { language } from "../i18n/choose-language.ts";
import { business } from "../shell/business.ts";

/** The ideas of the business in the language of the page, otherwise in the first language that has ideas. */
const ideas = (): readonly string[] => business.ideas[language()] ?? Object.values(business.ideas)[0] ?? [];

/** Returns at most `count` different ideas, chosen at random. */
export function someIdeas(count: number): string[] {
  const left = [...ideas()];
  return Array.from({ length: Math.min(count, left.length) }, () => {
    const [idea] = left.splice(Math.floor(Math.random() * left.length), 1);
    return idea!;
  });
}

/** Returns a random idea other than `current`; "" if there is none. */
export function anotherIdea(current: string): string {
  return someIdeas(2).find((idea) => idea !== current) ?? "";
}
