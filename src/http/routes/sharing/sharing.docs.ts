// Describes sharing in the OpenAPI document.
import { type DocumentedRoute, json } from "../../openapi/operation.ts";
import { about, bytes, object, orNull, text } from "../../openapi/schema.ts";

const tag = "Sharing";
const html = { content: [{ type: "text/html", schema: text }] } as const;
const links = object({
  url: about(
    orNull(text),
    "The address of the shared page. Everyone who has this address can open the page. Null while the music is not shared.",
  ),
  embedUrl: about(orNull(text), "The address of the player for a frame in another page."),
});

const ownerDocs = (["track", "project"] as const).flatMap((kind): readonly DocumentedRoute[] => {
  const route = { path: `/v1/${kind}s/{${kind}Id}/share`, tag, user: "user" } as const;
  return [
    {
      ...route,
      method: "get",
      summary: `Returns the link of a ${kind}, if it is shared.`,
      answers: { 200: json("The link.", links) },
    },
    {
      ...route,
      method: "put",
      summary: `Shares a ${kind}: everyone who has the link can hear it.`,
      description: `A ${kind} that is shared already keeps its link.`,
      answers: { 200: json("The link.", links) },
    },
    {
      ...route,
      method: "delete",
      summary: `Ends the link of a ${kind} at once.`,
      description: "If the music is shared again, it gets another link.",
      answers: { 200: json("The music is not shared.", links) },
    },
  ];
});

export const sharingDocs: readonly DocumentedRoute[] = [
  ...ownerDocs,
  {
    method: "get",
    path: "/s/{business}/{token}",
    tag,
    summary: "Shows the page of a link, with a player.",
    user: "anyone",
    answers: {
      200: { says: "The page.", ...html },
      404: { says: "The link is unknown or has ended.", ...html },
    },
  },
  {
    method: "get",
    path: "/embed/{business}/{token}",
    tag,
    summary: "Shows the player of a link, for a frame in another page.",
    user: "anyone",
    answers: {
      200: { says: "The page.", ...html },
      404: { says: "The link is unknown or has ended.", ...html },
    },
  },
  {
    method: "get",
    path: "/s/{business}/{token}/cover.png",
    tag,
    summary: "Returns the picture that other sites show with the link.",
    user: "anyone",
    answers: { 200: { says: "1200 by 630 pixels.", content: [{ type: "image/png", schema: bytes }] } },
  },
  {
    method: "get",
    path: "/s/{business}/{token}/{file}",
    tag,
    summary:
      "Redirects to the sound of a piece that the link shares. The file name is the id of the version, followed by .mp3.",
    user: "anyone",
    answers: { 302: { says: "Location is the address of the sound. This address is valid for an hour." } },
  },
  {
    method: "get",
    path: "/oembed",
    tag,
    summary: "Returns the facts that another site needs to show a link as a player (oEmbed).",
    user: "anyone",
    inQuery: { url: about(text, "The address of a shared page."), maxwidth: about(text, "In pixels.") },
    answers: { 200: json("The player as HTML.", { type: "object" }) },
    errors: ["NOT_FOUND"],
  },
];
