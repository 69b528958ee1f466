// The published test vectors, verified by a JOSE library of another language: what is valid verifies and says what it
// is said to say, and what is refused does not.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test, { describe } from "node:test";

import { compactVerify, createLocalJWKSet, importJWK, jwtVerify } from "jose";

const [leases, refusals, keySets] = ["leases", "refusals", "key-sets"].map(published);

/** How each fault shows here. */
const FAULTS = {
  audience: { code: "ERR_JWT_CLAIM_VALIDATION_FAILED", claim: "aud" },
  nonce: { code: "ERR_ASSERTION" },
  signature: { code: "ERR_JWS_SIGNATURE_VERIFICATION_FAILED" },
  unknown_key: { code: "ERR_JWKS_NO_MATCHING_KEY" },
  unknown_root: { code: "ERR_ASSERTION", message: "a root that was pinned" },
};

/** The day on which the vectors were signed. */
const SIGNED_AT = new Date(leases.valid[0].claims.iat * 1000);

function published(name) {
  return JSON.parse(readFileSync(new URL(`../../shared/lease/vectors/${name}.json`, import.meta.url), "utf8"));
}

/** A public key as a JOSE library takes it. */
function jwk(kid, x) {
  return { kty: "OKP", crv: "Ed25519", alg: "EdDSA", use: "sig", kid, x };
}

/** Verifies a key set by the root that its header names, as a client does that has pinned both. */
async function verifyKeySet(jws, { root, spare }) {
  const pinned = new Map([root, spare].map((x) => [`root-${x.slice(0, 16)}`, x]));
  const key = ({ kid }) => {
    assert.ok(pinned.has(kid), "a root that was pinned");
    return importJWK(jwk(kid, pinned.get(kid)));
  };
  const { protectedHeader, payload } = await compactVerify(jws, key, { algorithms: ["EdDSA"] });
  assert.equal(protectedHeader.typ, "keyset+jwt");
  return { header: protectedHeader, claims: JSON.parse(new TextDecoder().decode(payload)) };
}

/** Verifies an answer by the keys of a verified set, and that it is meant for who asked. */
async function verifyAnswer(jws, trust) {
  const { claims } = await verifyKeySet(trust.keySet, trust.roots);
  const keys = createLocalJWKSet({ keys: claims.keys.map(({ kid, x }) => jwk(kid, x)) });
  const wanted = { algorithms: ["EdDSA"], audience: trust.server, currentDate: SIGNED_AT };
  const { protectedHeader, payload } = await jwtVerify(jws, keys, wanted);
  assert.equal(payload.nonce, trust.attempt, "the answer to this attempt");
  return { header: protectedHeader, claims: payload };
}

for (const [file, { trust, valid, refused = [] }] of Object.entries({ leases, refusals })) {
  describe(`the vectors of ${file}`, () => {
    for (const { name, jws, header, claims } of valid) {
      test(`${name} is signed by a key of the set and says what is published`, async () => {
        assert.deepEqual(plain(await verifyAnswer(jws, trust)), { header, claims });
      });

      test(`${name} with any part changed or taken away is refused`, async () => {
        for (const [index, part] of jws.split(".").entries()) {
          const parts = jws.split(".");
          // The first character holds six whole bits of what is signed, or of the signature.
          for (const changed of [(part[0] === "A" ? "B" : "A") + part.slice(1), ""]) {
            parts[index] = changed;
            await assert.rejects(verifyAnswer(parts.join("."), trust));
          }
        }
      });
    }

    for (const [index, { fault, jws }] of refused.entries()) {
      test(`what is refused for its ${fault} is refused (${index + 1})`, async () => {
        await assert.rejects(verifyAnswer(jws, trust), FAULTS[fault]);
      });
    }
  });
}

describe("the vectors of key sets", () => {
  for (const { name, jws, header, claims } of keySets.valid) {
    test(`the set "${name}" is signed by a pinned root and says what is published`, async () => {
      assert.deepEqual(plain(await verifyKeySet(jws, keySets.roots)), { header, claims });
    });
  }

  for (const { fault, jws } of keySets.refused) {
    test(`what is refused for ${fault} is refused`, async () => {
      await assert.rejects(verifyKeySet(jws, keySets.roots), FAULTS[fault]);
    });
  }

  test("the set for everybody else shows the same keys", async () => {
    const { claims } = await verifyKeySet(keySets.valid[0].jws, keySets.roots);
    assert.deepEqual(keySets.jwks.keys, claims.keys.map(({ kid, x }) => jwk(kid, x)));
  });
});

test("no key of the set verifies what a root signed, and no root what a key of the set signed", async () => {
  const { trust, valid } = leases;
  const set = { keys: keySets.jwks.keys };
  await assert.rejects(compactVerify(trust.keySet, createLocalJWKSet(set)));
  await assert.rejects(verifyKeySet(valid[0].jws, trust.roots));
});

/** Without the prototypes that a library gives its objects. */
function plain(value) {
  return JSON.parse(JSON.stringify(value));
}
