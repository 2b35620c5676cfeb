// Connects the Neon driver of this process to the stand-ins for Neon. A child process loads this file with --preload.
import { neonConfig } from "@neondatabase/serverless";

/**
 * Reads the port of a stand-in from its host name. The driver has one setting for all hosts, so this setting has to be
 * a function of the host name. Any other host gets port 1, so that no real Neon server is called.
 */
const portIn = (host: string): string => /\.port-(\d+)\./.exec(host)?.[1] ?? "1";

neonConfig.wsProxy = (host, port) => `127.0.0.1:${portIn(host)}/v1?address=${host}:${port}`;
neonConfig.useSecureWebSocket = false;
neonConfig.pipelineTLS = false;
neonConfig.pipelineConnect = false; // the stand-ins' Postgres servers require SCRAM, which can't be pipelined
neonConfig.fetchEndpoint = (host) => `http://127.0.0.1:${portIn(host)}/sql`;
