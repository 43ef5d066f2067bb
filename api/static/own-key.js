// Signing with a key of one's own. It is made in this browser, kept in its IndexedDB so that no script can read it out, and never sent.
//
// Three pages use it: the one of signing keys makes a key and enrols it with the proof that this browser has it; the form of an act asks to
// be shown what is to be signed; and that page checks that what it shows is what the statements say, signs them, and sends the signatures.
// A statement is an SD-JWT (RFC 9901): its `_sd` are the SHA-256 digests of disclosures, each base64url of [salt, field, value].

const DATABASE = 'muniment'
const STORE = 'own-keys'
const ED25519 = { name: 'Ed25519' }
const encoder = new TextEncoder()

class Failed extends Error {} // what is shown is not what would be signed

// Bytes ------------------------------------------------------------------------------------------------------------------------------

const toUrl = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
const fromUrl = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0))
const read = (text) => JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(fromUrl(text)))
const digest = async (text) => toUrl(await crypto.subtle.digest('SHA-256', encoder.encode(text)))

// The keys of this browser -----------------------------------------------------------------------------------------------------------

const opened = () => new Promise((resolve, reject) => {
  const request = indexedDB.open(DATABASE, 1)
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'thumbprint' })
  request.onsuccess = () => resolve(request.result)
  request.onerror = () => reject(request.error)
})

const within = async (mode, ask) => {
  const database = await opened()
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode)
      const request = ask(transaction.objectStore(STORE))
      transaction.oncomplete = () => resolve(request.result)
      transaction.onerror = () => reject(transaction.error)
    })
  } finally {
    database.close()
  }
}

const keep = (key) => within('readwrite', (store) => store.put(key))
const kept = (thumbprint) => within('readonly', (store) => store.get(thumbprint))

// The key of this log that is kept here and whose thumbprint is among these; undefined where there is none.
const keyAmong = async (thumbprints, origin) => {
  for (const thumbprint of thumbprints.split(' ').filter(Boolean)) {
    const key = await kept(thumbprint)
    if (key && key.origin === origin) return key
  }
  return undefined
}

const made = async (origin, holder) => {
  const pair = await crypto.subtle.generateKey(ED25519, false, ['sign', 'verify']) // false: the private half can never be read out
  const publicKey = toUrl(await crypto.subtle.exportKey('raw', pair.publicKey))
  const thumbprint = await digest(`{"crv":"Ed25519","kty":"OKP","x":"${publicKey}"}`) // RFC 7638
  return { thumbprint, publicKey, privateKey: pair.privateKey, origin, holder }
}

// Making and enrolling one -----------------------------------------------------------------------------------------------------------

const enrol = async (part) => {
  const { origin, holder, purpose, thumbprints } = part.dataset
  const form = part.querySelector('form')
  const says = part.querySelector('[data-own-key-says]')
  const key = await keyAmong(thumbprints, origin)
  if (key) {
    says.textContent = `This browser has a key of yours, ${key.thumbprint}. What you record here is signed with it.`
    return
  }
  says.textContent = 'This browser has no key of yours: what you record is attested by the service.'
  form.hidden = false
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    form.querySelector('button').disabled = true
    try {
      const fresh = await made(origin, holder)
      const proof = `muniment-key-proof/v1\n${origin}\n${holder}\n${purpose}\n${fresh.thumbprint}\n`
      const signature = toUrl(await crypto.subtle.sign(ED25519, fresh.privateKey, encoder.encode(proof)))
      await keep(fresh) // before it is enrolled: a key that is on record and lost signs nothing
      Object.entries({ thumbprint: fresh.thumbprint, public_key: fresh.publicKey, proof: signature }).forEach(([name, value]) => {
        form.elements[name].value = value
      })
      form.submit()
    } catch (error) {
      says.textContent = `This browser cannot keep such a key (${error.message || error.name}). Use another browser, or muniment signing-key.`
    }
  })
}

// A form: ask to be shown what is to be signed ---------------------------------------------------------------------------------------

const ask = (form) => {
  const found = keyAmong(form.dataset.thumbprints, form.dataset.origin).then((key) => {
    if (!key) return
    form.append(hidden('act.prepare', key.thumbprint))
    document.querySelectorAll('[data-own-key-note]').forEach((note) => { note.hidden = false })
    document.querySelectorAll('[data-own-key-without]').forEach((note) => { note.hidden = true })
  }, () => undefined)
  let looked = false
  found.then(() => { looked = true })
  form.addEventListener('submit', (event) => { // nobody is so quick that the service attests what they would have signed
    if (looked) return
    event.preventDefault()
    found.then(() => form.requestSubmit(event.submitter))
  })
}

const hidden = (name, value) => Object.assign(document.createElement('input'), { type: 'hidden', name, value })

// What is to be signed: is it what is shown? -----------------------------------------------------------------------------------------

const written = (value) => (typeof value === 'string' ? value : JSON.stringify(value))
const plain = (text) => text.replace(/\s+/g, ' ').trim()

// Show of a field what is signed of it, where the words beside it are other than that.
const compare = (place) => {
  const [, , value] = read(place.dataset.disclosure)
  const empty = value === null || (Array.isArray(value) && !value.length)
  if (empty !== 'empty' in place.dataset) throw new Failed('a field that is shown as empty is not, or the other way round')
  if (empty || plain(place.textContent) === plain(written(value))) return
  const signed = document.createElement('span')
  signed.className = 'muniment-register__part muniment-hash'
  signed.textContent = `signed as ${written(value)}`
  place.append(signed)
}

const check = async (section, key) => {
  const [header, payload] = section.dataset.statement.split('.').map(read)
  const places = [...section.querySelectorAll('[data-disclosure]')]
  const digests = await Promise.all(places.map((place) => digest(place.dataset.disclosure)))
  const same = JSON.stringify(digests.sort()) === JSON.stringify([...payload._sd].sort())
  if (!same) throw new Failed('the fields that are shown are not those of the statement')
  const mine = header.kid === key.thumbprint && payload.iss === key.holder && payload.aud === key.origin && payload.assurance === 'actor-signed'
  if (!mine) throw new Failed('the statement is not one for your key and this log')
  if (payload.evt !== section.dataset.topic) throw new Failed('the statement is of another act than is shown')
  places.forEach(compare)
}

const signed = async (section, key) => {
  const { statement } = section.dataset
  const signature = toUrl(await crypto.subtle.sign(ED25519, key.privateKey, encoder.encode(statement)))
  const disclosures = [...section.querySelectorAll('[data-disclosure]')].map((place) => place.dataset.disclosure)
  return [`${statement}.${signature}`, ...disclosures, ''].join('~')
}

const sign = async (form) => {
  const says = form.querySelector('[data-own-key-says]')
  const button = form.querySelector('[data-own-key-button]')
  const sections = [...form.querySelectorAll('[data-statement]')]
  const key = await keyAmong(form.dataset.thumbprint, form.dataset.origin)
  if (!key) {
    says.textContent = 'The key is not in this browser any more. Change it, and record it from a browser that has your key.'
    return
  }
  try {
    for (const section of sections) await check(section, key)
  } catch (error) {
    says.textContent = `This browser signs nothing: ${error instanceof Failed ? error.message : 'the statement cannot be read'}. Tell whoever runs the service.`
    return
  }
  says.textContent = `This browser has checked that what is shown is what the statement says. Your key ${key.thumbprint} signs it.`
  button.disabled = false
  form.querySelector('[data-own-key-ready]').hidden = false
  form.addEventListener('submit', async (event) => {
    if (event.submitter !== button) return
    event.preventDefault()
    button.disabled = true
    for (const section of sections) form.append(hidden('act.signed', await signed(section, key)))
    form.submit()
  })
}

const each = (selector, work) => document.querySelectorAll(selector).forEach(work)
each('[data-own-key-enrol]', enrol)
each('[data-own-key-form]', ask)
each('[data-own-key-sign]', sign)
