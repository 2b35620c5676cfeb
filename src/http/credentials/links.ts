// Creates the links in responses. Links for players are signed, because players send no headers.
import { signLink } from "../../accounts/links.ts";
import type { Business } from "../../businesses/business.ts";
import type { HttpContext } from "../wire.ts";

export interface LinkMaker {
  generation(
    c: HttpContext,
    business: Business,
    ids: { readonly requestId: string; readonly versionId: string },
  ): GenerationLinks;
  version(c: HttpContext, business: Business, versionId: string): VersionLinks;
}

interface VersionLinks {
  readonly audio: string;
  readonly playlist: string;
  readonly download: string;
  readonly peaks: string;
}

interface GenerationLinks extends VersionLinks {
  readonly self: string;
  readonly events: string;
  readonly chunks: string;
}

/**
 * Links begin with `publicUrl`, the public address of the API. If `publicUrl` is undefined, links contain no host: a
 * client can forge the Host header, so the host is not taken from there. Only a loopback address in the Host header,
 * such as localhost, is used.
 */
export function createLinkMaker(publicUrl: string | undefined): LinkMaker {
  const version = (c: HttpContext, business: Business, versionId: string): VersionLinks => {
    const at = `${baseOf(c, publicUrl)}/v1/versions/${versionId}`;
    const signature = signLink(business, versionId);
    return {
      audio: `${at}/audio?${signature}`,
      playlist: `${at}/playlist.m3u8?${signature}`,
      download: `${at}/download?${signature}`,
      peaks: `${at}/peaks?${signature}`,
    };
  };
  return {
    version,
    generation(c, business, { requestId, versionId }) {
      const self = `${baseOf(c, publicUrl)}/v1/generations/${requestId}`;
      return { self, events: `${self}/events`, chunks: `${self}/chunks`, ...version(c, business, versionId) };
    },
  };
}

/** Returns the address with which all links begin. The address is "" if the links contain no host. */
export const baseOf = (c: HttpContext, publicUrl: string | undefined): string =>
  publicUrl ?? loopbackOrigin(new URL(c.req.url));

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

const loopbackOrigin = ({ hostname, origin }: URL): string => (loopback.test(hostname) ? origin : "");
