// Asks one thing through the proxy: ask.js HOST:PORT [BODY], with proxy and
// login in PROXY, PROXY_USER and PROXY_PASSWORD; what is trusted is node's
// own affair (NODE_EXTRA_CA_CERTS). With PIN set it talks only to a
// certificate of that fingerprint.
"use strict";
const http = require("http");
const https = require("https");
const tls = require("tls");

const [target, body] = process.argv.slice(2);
const [name, port] = process.env.PROXY.split(":");
const login = Buffer.from(
  process.env.PROXY_USER + ":" + process.env.PROXY_PASSWORD);

function fail(error) {
  console.error(error.code, error.message);
  process.exit(1);
}

function pinned(host, certificate) {
  if (process.env.PIN && certificate.fingerprint256 !== process.env.PIN) {
    const error = new Error("not the certificate that is pinned");
    error.code = "PIN";
    return error;
  }
  return tls.checkServerIdentity(host, certificate);
}

const connect = http.request({
  host: name, port, method: "CONNECT", path: target, agent: false,
  headers: {
    Host: target,
    "Proxy-Authorization": "Basic " + login.toString("base64"),
  },
});
connect.on("error", fail);
connect.on("connect", (answer, socket) => {
  if (answer.statusCode !== 200) {
    fail({ code: answer.statusCode, message: "CONNECT" });
  }
  const request = https.request({
    method: body ? "POST" : "GET", path: "/", headers: { Host: target },
    createConnection: () => tls.connect({
      socket, servername: target.split(":")[0],
      checkServerIdentity: pinned }),
  }, (reply) => {
    const parts = [];
    reply.on("data", (part) => parts.push(part));
    reply.on("end", () => {
      process.stdout.write(Buffer.concat(parts) + "\n");
      process.stdout.write(reply.statusCode + "\n");
      process.exit(0);
    });
  });
  request.on("error", fail);
  request.end(body);
});
connect.end();
