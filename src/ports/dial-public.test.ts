// Tests that calls to a URL of a business go only to public addresses, and only to the checked IP address.
import { describe, expect, test } from "bun:test";
import { callFar } from "./generator/remote/call.ts";
import { createDialPublic, isPublicAddress } from "./dial-public.ts";

const signal = () => new AbortController().signal;
const call = { timeoutMs: 2_000 };

test.each([
  ["8.8.8.8", true],
  ["1.1.1.1", true],
  ["172.15.255.255", true],
  ["172.32.0.1", true],
  ["100.63.255.255", true],
  ["2606:4700:4700::1111", true],
  ["0.0.0.0", false],
  ["10.1.2.3", false],
  ["100.64.0.1", false],
  ["100.100.100.200", false],
  ["127.0.0.1", false],
  ["127.255.255.254", false],
  ["169.254.169.254", false],
  ["172.16.0.1", false],
  ["172.31.255.255", false],
  ["192.0.0.192", false],
  ["192.168.1.1", false],
  ["198.18.0.1", false],
  ["168.63.129.16", false],
  ["224.0.0.1", false],
  ["240.0.0.1", false],
  ["255.255.255.255", false],
  ["::", false],
  ["::1", false],
  ["::ffff:127.0.0.1", false],
  ["::ffff:a9fe:a9fe", false],
  ["::ffff:168.63.129.16", false],
  ["::127.0.0.1", false],
  ["::ffff:0:10.0.0.1", false],
  ["64:ff9b::a00:1", false],
  ["64:ff9b:1::a00:1", false],
  ["2002:7f00:1::", false],
  ["2001:0:a00:1::1", false],
  ["2001:db8::1", false],
  ["fc00::1", false],
  ["fd00:ec2::254", false],
  ["fe80::1", false],
  ["fe80::1%eth0", false],
  ["fec0::1", false],
  ["ff02::1", false],
  ["music.example", false],
] as const)("for %s, `isPublicAddress` returns %p", (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected);
});

describe("a call to a URL of a business", () => {
  test.each([
    "http://127.0.0.1:8008/health",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://[::1]:8008/",
    "http://[::ffff:10.0.0.1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://localhost:1/",
  ])("is refused for %s", async (url) => {
    const dial = createDialPublic();
    await expect(callFar(url, { ...call, dial }, signal())).rejects.toThrow("leads to an inner network");
  });

  test("is refused if one IP address of the host name is in an inner network", async () => {
    const of = (...addresses: string[]) => createDialPublic(async () => addresses);
    await expect(of("8.8.8.8", "10.0.0.1")("http://music.example/")).rejects.toThrow("inner network");
    await expect(of()("http://music.example/")).rejects.toThrow("could not be resolved to an IP address");
    const failing = createDialPublic(() => Promise.reject(new Error("ENOTFOUND")));
    await expect(failing("http://music.example/")).rejects.toThrow("could not be resolved to an IP address");
  });

  test("goes only to the IP address that was checked", async () => {
    const hosts: (string | null)[] = [];
    using server = Bun.serve({
      ...{ port: 0, hostname: "127.0.0.1" },
      fetch: (request) => {
        hosts.push(request.headers.get("host"));
        return new Response("here");
      },
    });
    let resolved = 0;
    const resolve = async () => (resolved++ === 0 ? ["127.0.0.1"] : ["127.0.0.9"]);
    const dial = createDialPublic(resolve, () => true);
    const url = `http://music.example:${server.port}/health`;
    expect(await (await callFar(url, { ...call, dial }, signal())).text()).toBe("here");
    expect([hosts, resolved]).toEqual([[`music.example:${server.port}`], 1]);
  });

  test("does not follow a redirect to another address", async () => {
    let innerCalls = 0;
    using inner = Bun.serve({
      ...{ port: 0, hostname: "127.0.0.1" },
      fetch: () => new Response(String(innerCalls++)),
    });
    using outer = Bun.serve({
      ...{ port: 0, hostname: "127.0.0.1" },
      fetch: () => Response.redirect(`http://127.0.0.1:${inner.port}/`, 302),
    });
    const dial = createDialPublic(
      async () => ["127.0.0.1"],
      () => true,
    );
    const url = `http://music.example:${outer.port}/`;
    await expect(callFar(url, { ...call, dial }, signal())).rejects.toThrow("redirects to another address");
    expect(innerCalls).toBe(0);
  });

  test("verifies an https certificate against the host name, not against the IP address", async () => {
    expect(await createDialPublic(async () => ["2606:4700::1"])("https://music.example:8443/a?b=c")).toEqual({
      url: "https://[2606:4700::1]:8443/a?b=c",
      headers: { host: "music.example:8443" },
      tls: { serverName: "music.example" },
    });
  });
});
