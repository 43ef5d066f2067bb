// Verify now in this browser: fetch the log's checkpoint and the hash of every event, hash them together here, and say in words what came out.
//
// The formats are C2SP's signed-note, tlog-checkpoint and tlog-tiles, and the tree is that of RFC 6962: leaf SHA-256(0x00 || entry), node
// SHA-256(0x01 || left || right). Checked, in this order: the checkpoint's form and name; its Ed25519 signature (where the browser can); the
// first event against the log's fingerprint; every tile of every level; the root; on an event's page, the event itself; and a checkpoint or
// receipt that the reader kept, which must be a beginning of today's log. Nothing but this site is asked, nothing is sent.

const WIDTH = 256
const HASH = 32
const encoder = new TextEncoder()

class Failed extends Error {} // the log is not what it says
class Unavailable extends Error {} // we could not look

// Bytes and hashes -------------------------------------------------------------------------------------------------------------------

const join = (...parts) => {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  parts.reduce((at, part) => { whole.set(part, at); return at + part.length }, 0)
  return whole
}
const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i])
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
const node = (left, right) => sha256(join(Uint8Array.of(1), left, right))
const leafOf = (text) => sha256(join(Uint8Array.of(0), encoder.encode(text)))
const base64 = (bytes) => btoa(String.fromCharCode(...bytes))
const number = (n) => n.toLocaleString('en-GB')
const counted = (n, what) => `${number(n)} ${what}${n === 1 ? '' : 's'}`

const fromBase64 = (text, length, what) => {
  let bytes
  try {
    bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0))
  } catch {
    throw new Failed(`${what} is not base64.`)
  }
  if (base64(bytes) !== text) throw new Failed(`${what} is not in canonical base64.`)
  if (length !== undefined && bytes.length !== length) throw new Failed(`${what} is ${bytes.length} bytes long, not ${length}.`)
  return bytes
}

// Notes and checkpoints --------------------------------------------------------------------------------------------------------------

const parseNote = (note, what) => {
  const end = note.indexOf('\n\n')
  if (end < 0 || !note.endsWith('\n')) throw new Failed(`${what} is not a signed note.`)
  const signatures = note.slice(end + 2, -1).split('\n').map((line) => {
    const [, name, value] = /^— (\S+) (\S+)$/.exec(line) ?? []
    if (!name) throw new Failed(`${what} has a line that is not a signature.`)
    return { name, bytes: fromBase64(value, undefined, `A signature of ${what.toLowerCase()}`) }
  })
  return { body: note.slice(0, end + 1), signatures }
}

const parseCheckpoint = (note, what) => {
  const { body, signatures } = parseNote(note, what)
  const [origin, size, root, ...rest] = body.split('\n')
  if (rest.length !== 1 || !/^(0|[1-9][0-9]{0,14})$/.test(size)) throw new Failed(`${what} is not in the form of a checkpoint.`)
  return { origin, size: Number(size), root: fromBase64(root, HASH, `The root of ${what.toLowerCase()}`), body, signatures }
}

const parseKey = async (vkey) => {
  const [, name, id, value] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(vkey) ?? []
  if (!name) throw new Failed('The key of the log on this page is not in the form of a verifier key.')
  const key = fromBase64(value, 1 + HASH, 'The key of the log')
  const digest = await sha256(join(encoder.encode(`${name}\n`), key))
  if (key[0] !== 1 || [...digest.slice(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join('') !== id) {
    throw new Failed('The key of the log does not match its own number.')
  }
  return { name, id: digest.slice(0, 4), raw: key.slice(1) }
}

// True if signed by the key, null if this browser has no Ed25519; throws Failed otherwise.
const checkSignature = async (checkpoint, key, what) => {
  const ours = checkpoint.signatures.filter(({ name, bytes }) => name === key.name && same(bytes.slice(0, 4), key.id))
  if (!ours.length) throw new Failed(`${what} is not signed by the log’s key.`)
  let imported
  try {
    imported = await crypto.subtle.importKey('raw', key.raw, { name: 'Ed25519' }, false, ['verify'])
  } catch {
    return null
  }
  for (const { bytes } of ours) {
    const good = bytes.length === 68 && await crypto.subtle.verify({ name: 'Ed25519' }, imported, bytes.slice(4), encoder.encode(checkpoint.body))
    if (!good) throw new Failed(`The signature on ${what.toLowerCase()} is wrong.`)
  }
  return true
}

// Tiles ------------------------------------------------------------------------------------------------------------------------------

const get = async (path) => {
  let answer
  try {
    answer = await fetch(path, { credentials: 'omit' })
  } catch {
    throw new Unavailable(`${path} could not be fetched: the connection failed.`)
  }
  return answer
}

const fetchCheckpoint = async () => {
  const answer = await get('/log/checkpoint')
  if (!answer.ok) throw new Unavailable(`The checkpoint could not be fetched (answer ${answer.status}).`)
  return parseCheckpoint(await answer.text(), 'The checkpoint')
}

const tilePath = (level, index, width) => {
  const digits = String(index).padStart(Math.ceil(String(index).length / 3) * 3, '0').match(/.{3}/g)
  const path = digits.map((group, i) => (i < digits.length - 1 ? `x${group}` : group)).join('/')
  return `/log/tile/${level}/${path}${width < WIDTH ? `.p/${width}` : ''}`
}

// The hashes of one tile. A partial tile may have grown full since the checkpoint was signed: then its beginning is taken from the full one.
const fetchTile = async (level, index, width) => {
  let answer = await get(tilePath(level, index, width))
  if (!answer.ok && width < WIDTH) answer = await get(tilePath(level, index, WIDTH))
  if (!answer.ok) throw new Unavailable(`Tile ${index} of level ${level} could not be fetched (answer ${answer.status}).`)
  const bytes = new Uint8Array(await answer.arrayBuffer())
  if (bytes.length < width * HASH) throw new Failed(`Tile ${index} of level ${level} is cut short.`)
  return Array.from({ length: width }, (_, i) => bytes.slice(i * HASH, (i + 1) * HASH))
}

// The right edge of a growing tree: complete subtrees, largest first, as {height, hash}.
const grow = async (edge, height, hash) => {
  let top = { height, hash }
  while (edge.length && edge.at(-1).height === top.height) {
    top = { height: top.height + 1, hash: await node(edge.pop().hash, top.hash) }
  }
  edge.push(top)
}

const rootOf = async (edge, hashes = []) => {
  const whole = [...edge]
  for (const hash of hashes) await grow(whole, 0, hash)
  if (!whole.length) return sha256(new Uint8Array())
  let root = whole.pop().hash
  while (whole.length) root = await node(whole.pop().hash, root)
  return root
}

const rootOfFullTile = async (hashes) => {
  let row = hashes
  while (row.length > 1) {
    row = await Promise.all(Array.from({ length: row.length / 2 }, (_, i) => node(row[2 * i], row[2 * i + 1])))
  }
  return row[0]
}

// Walk all hashes of the events once. `marks` are sizes whose roots are wanted, `leaves` indices whose hashes are wanted.
const walk = async (size, marks, leaves, progress) => {
  const edge = []
  const found = { roots: new Map(), leaves: new Map(), tiles: 0 }
  let above = []
  for (let start = 0; start < size; start += WIDTH) {
    const hashes = await fetchTile(0, start / WIDTH, Math.min(WIDTH, size - start))
    found.tiles += 1
    for (const mark of marks) if (mark >= start && mark < start + hashes.length) found.roots.set(mark, await rootOf(edge, hashes.slice(0, mark - start)))
    for (const leaf of leaves) if (leaf >= start && leaf < start + hashes.length) found.leaves.set(leaf, hashes[leaf - start])
    if (hashes.length === WIDTH) {
      above.push(await rootOfFullTile(hashes))
      await grow(edge, 8, above.at(-1))
    } else {
      for (const hash of hashes) await grow(edge, 0, hash)
    }
    progress(Math.min(start + WIDTH, size))
  }
  for (let level = 1; above.length; level += 1) {
    const next = []
    for (let start = 0; start < above.length; start += WIDTH) {
      const ours = above.slice(start, start + WIDTH)
      const theirs = await fetchTile(level, start / WIDTH, ours.length)
      found.tiles += 1
      if (!ours.every((hash, i) => same(hash, theirs[i]))) throw new Failed(`Tile ${start / WIDTH} of level ${level} is not what the tiles below it lead to.`)
      if (ours.length === WIDTH) next.push(await rootOfFullTile(ours))
    }
    above = next
  }
  found.roots.set(size, await rootOf(edge))
  return found
}

// The check --------------------------------------------------------------------------------------------------------------------------

// Which key seals so many events: each of the log's keys, `<since>:<key>`, those that follow `since`, until the next one.
const sealing = (log, size) => {
  const own = log.sealers.split(' ').map((each) => each.split(/:(.*)/)).filter(([since]) => Number(since) < Math.max(size, 1))
  return parseKey(own.at(-1)[1])
}

// What the reader pasted: a checkpoint, or a receipt that ends in one. If it is not one of this log's, that is no fault of the log.
const readKept = async (typed, log) => {
  const text = `${typed.replace(/\r\n/g, '\n').trim()}\n`
  const note = text.startsWith('c2sp.org/tlog-proof@v1\n') ? text.slice(text.indexOf('\n\n') + 2) : text
  try {
    const kept = parseCheckpoint(note, 'What you kept')
    const key = await sealing(log, kept.size)
    if (kept.origin !== key.name) throw new Failed(`What you kept is of another log: ${kept.origin}; ${counted(kept.size, 'event')} of this one are sealed as ${key.name}.`)
    return { ...kept, signed: await checkSignature(kept, key, 'What you kept') }
  } catch (error) {
    throw error instanceof Failed ? new Unavailable(error.message) : error
  }
}

const signatureLine = (signed, what) => (signed
  ? ['Checked', `${what} is signed by the log’s key (Ed25519).`]
  : ['Not checked', `${what}: this browser has no Ed25519, so the signature was not checked. The offline verifier checks it.`])

// Check, and add to `lines` what came out, step by step; whether every signature could be checked is the answer.
const check = async (log, typed, lines, progress) => {
  const kept = typed.trim() ? await readKept(typed, log) : null
  const checkpoint = await fetchCheckpoint()
  const key = await sealing(log, checkpoint.size)
  if (checkpoint.origin !== key.name) throw new Failed(`The checkpoint is of another log: ${checkpoint.origin}.`)
  const signed = await checkSignature(checkpoint, key, 'The checkpoint')
  lines.push(signatureLine(signed, 'The checkpoint'))
  if (kept) {
    lines.push(signatureLine(kept.signed, 'What you kept'))
    if (kept.size > checkpoint.size) {
      throw new Failed(`What you kept counts ${counted(kept.size, 'event')}, the log now only ${number(checkpoint.size)}: events were taken off its end.`)
    }
  }
  const index = log.index === undefined ? null : Number(log.index)
  if (index !== null && index >= checkpoint.size) throw new Failed('This event lies beyond the end of the log.')
  const found = await walk(checkpoint.size, kept ? [kept.size] : [], index === null ? [0] : [0, index], progress)
  if (!checkpoint.size || !same(found.leaves.get(0), fromBase64(log.fingerprint, HASH, 'The fingerprint'))) {
    throw new Failed('The first event of the log is not the one that the fingerprint names.')
  }
  lines.push(['Checked', 'The first event is the one that the fingerprint names.'])
  if (!same(found.roots.get(checkpoint.size), checkpoint.root)) throw new Failed('The hashes of the events do not lead to the root that was signed.')
  lines.push(['Checked', `The hashes of ${counted(checkpoint.size, 'event')}, fetched in ${counted(found.tiles, 'tile')} and hashed together here, lead to the signed root ${base64(checkpoint.root)}.`])
  if (index !== null) {
    if (!same(found.leaves.get(index), await leafOf(log.sealed))) throw new Failed(`Event ${number(index + 1)} as shown on this page is not the one in the log.`)
    lines.push(['Checked', `Event ${number(index + 1)}, as sealed and shown on this page, is in the log at that position.`])
  }
  if (kept) {
    if (!same(found.roots.get(kept.size), kept.root)) throw new Failed(`The log no longer begins with the ${counted(kept.size, 'event')} that what you kept was signed for.`)
    lines.push(['Checked', `The log still begins with the ${counted(kept.size, 'event')} of what you kept: none was changed, moved or removed.`])
  } else {
    lines.push(['Not checked', 'Whether events were taken off the end: this shows only against a checkpoint or receipt that you kept.'])
  }
  return signed
}

// What is said -----------------------------------------------------------------------------------------------------------------------

const make = (name, className, text) => Object.assign(document.createElement(name), { className, textContent: text })
const colours = { Checked: 'green', Failed: 'red', 'Not checked': 'grey', Note: 'yellow' }

const say = (verdict, kind, title, lines) => {
  const list = make('ul', 'govuk-list muniment-verdict__list', '')
  lines.forEach(([state, text]) => {
    const item = make('li', '', '')
    item.append(make('strong', `govuk-tag govuk-tag--${colours[state]}`, state), ` ${text}`)
    list.append(item)
  })
  verdict.className = `muniment-verdict muniment-verdict--${kind}`
  verdict.replaceChildren(make('h3', 'govuk-heading-m', title), list)
  verdict.focus()
}

const refuse = (verdict, lines, error) => {
  if (error instanceof Failed) return say(verdict, 'not-verified', 'NOT verified', [['Failed', error.message], ...lines])
  const why = error instanceof Unavailable ? error.message : 'This browser could not finish the check.'
  return say(verdict, 'not-checked', 'Could not check', [['Not checked', `${why} This says nothing about the log.`]])
}

const approve = (verdict, lines, signed) => (signed
  ? say(verdict, 'verified', 'Verified in this browser', lines)
  : say(verdict, 'not-checked', 'The hashes agree, the signature was not checked', lines))

const start = (panel) => {
  const part = (name) => panel.querySelector(`[data-verify-${name}]`)
  part('without').hidden = true
  part('with').hidden = false
  part('start').addEventListener('click', async (event) => {
    const verdict = part('verdict')
    const progress = part('progress')
    event.target.disabled = true
    verdict.className = 'muniment-verdict'
    verdict.replaceChildren()
    progress.textContent = 'Fetching the checkpoint and the hashes…'
    const lines = []
    try {
      if (!globalThis.crypto?.subtle) throw new Unavailable('A browser hashes only on pages that were fetched securely (https).')
      let said = 0
      const signed = await check(panel.dataset, part('kept').value, lines, (done) => {
        if (done - said < 20000) return
        said = done
        progress.textContent = `${counted(done, 'event')} hashed…`
      })
      if (panel.dataset.demonstration) lines.push(['Note', 'This is a demonstration log: it was made for show.'])
      approve(verdict, lines, signed)
    } catch (error) {
      refuse(verdict, lines, error)
    }
    progress.textContent = ''
    event.target.disabled = false
  })
}

document.querySelectorAll('[data-verify-here]').forEach(start)
