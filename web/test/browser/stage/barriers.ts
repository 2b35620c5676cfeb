// Finds accessibility problems with axe.
import type { Page } from "playwright-core";

/** One line per problem; the list should be empty. */
export async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(await Bun.file(Bun.fileURLToPath(import.meta.resolve("axe-core/axe.min.js"))).text());
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(
          on: Document,
          options: object,
        ): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
      };
    };
    const tags = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"];
    const { violations } = await axe.run(document, { runOnly: tags });
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 120)} ${nodes[0]?.failureSummary}`,
    );
  });
}
