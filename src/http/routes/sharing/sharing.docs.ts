// Describes sharing in the OpenAPI document.
import { type DocumentedRoute, json } from "../../openapi/operation.ts";
import { about, bytes, object, orNull, text } from "../../openapi/schema.ts";

const tag = "Sharing";
const html = { content: [{ type: "text/html", schema: text }] } as const;
const links = object({
  url: about(orNull(text), "The page for everyone who has the link; null while it is not shared."),
  embedUrl: about(orNull(text), "The same as a player for a frame in another page."),
});

const ownerDocs = (["track", "project"] as const).flatMap((kind): readonly DocumentedRoute[] => {
  const route = { path: `/v1/${kind}s/{${kind}Id}/share`, tag, user: "user" } as const;
  return [
    {
      ...route,
      method: "get",
      summary: `The link of a ${kind}, if it is shared.`,
      answers: { 200: json("The link.", links) },
    },
    {
      ...route,
      method: "put",
      summary: `Share a ${kind}: everyone who has the link can hear it.`,
      description: `A ${kind} that is shared already keeps its link.`,
      answers: { 200: json("The link.", links) },
    },
    {
      ...route,
      method: "delete",
      summary: `End the link of a ${kind} at once.`,
      description: "Sharing it again makes another link.",
      answers: { 200: json("It is not shared.", links) },
    },
  ];
});

export const sharingDocs: readonly DocumentedRoute[] = [
  ...ownerDocs,
  {
    method: "get",
    path: "/s/{business}/{token}",
    tag,
    summary: "The page behind a link, with a player.",
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
    summary: "The player behind a link, for a frame in another page.",
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
    summary: "The picture that other sites show with the link.",
    user: "anyone",
    answers: { 200: { says: "1200 by 630 pixels.", content: [{ type: "image/png", schema: bytes }] } },
  },
  {
    method: "get",
    path: "/s/{business}/{token}/{file}",
    tag,
    summary: "The sound of a piece behind the link: a version's id and .mp3.",
    user: "anyone",
    answers: { 302: { says: "The address of the sound, good for an hour." } },
  },
  {
    method: "get",
    path: "/oembed",
    tag,
    summary: "What another site needs to show a link as a player (oEmbed).",
    user: "anyone",
    inQuery: { url: about(text, "The address of a shared page."), maxwidth: about(text, "In pixels.") },
    answers: { 200: json("The player as HTML.", { type: "object" }) },
    errors: ["NOT_FOUND"],
  },
];
