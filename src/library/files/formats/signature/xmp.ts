// Makes an XMP packet that declares how the music was made. The EU's AI Act (article 50) requires such a declaration in
// a machine-readable format. The packet uses the format that IPTC defines.
import { commentOf, madeWith, sourceTypeUri, type TrackTags, tagText } from "../track-tags.ts";

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string): string => tagText(text).replace(/[&<>"]/g, (char) => escapes[char] ?? char);

/**
 * Returns the packet in UTF-8. The XMP specification, part 1, 7.3.2, prescribes the wrapper of the
 * packet, its id and the byte order mark.
 */
export function xmpPacketOf(tags: TrackTags): Uint8Array {
  const alternative = (text: string): string =>
    `<rdf:Alt><rdf:li xml:lang="x-default">${escaped(text)}</rdf:li></rdf:Alt>`;
  return new TextEncoder().encode(`<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmp:CreatorTool="${madeWith}" xmp:CreateDate="${escaped(tags.createdAt)}"
 Iptc4xmpExt:DigitalSourceType="${sourceTypeUri(tags.sourceType)}">
<dc:identifier>${escaped(tags.versionId)}</dc:identifier>
<dc:title>${alternative(tags.title)}</dc:title>
<dc:description>${alternative(commentOf(tags))}</dc:description>
</rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`);
}
