// Command verify_go checks a complete pack with Go's own implementation of
// signed notes and transparency logs, golang.org/x/mod/sumdb, and none of ours:
// the checkpoints' signatures, the hash tiles, every entry's place in the tree,
// older checkpoints as prefixes of the newest, and receipts.
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run main.go PACK
package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

type pack struct {
	dir      string
	verifier note.Verifier
}

// checkpoint opens a signed note and returns the tree that its text names.
func (p pack) checkpoint(msg []byte) tlog.Tree {
	n, err := note.Open(msg, note.VerifierList(p.verifier))
	check(err)
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[0] != p.verifier.Name() || lines[3] != "" {
		log.Fatalf("not a checkpoint: %q", n.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(lines[2])
	check(err)
	return tlog.Tree{N: size, Hash: root}
}

// Height, ReadTiles and SaveTiles make a pack a tlog.TileReader.
func (p pack) Height() int { return tileHeight }

func (p pack) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, t := range tiles {
		data, err := os.ReadFile(filepath.Join(p.dir, path(t)))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (p pack) SaveTiles([]tlog.Tile, [][]byte) {}

// path names a tile as C2SP tlog-tiles does, which leaves out the height.
func path(t tlog.Tile) string {
	return strings.Replace(strings.Replace(t.Path(), "tile/8/", "tile/", 1), "tile/data/", "tile/entries/", 1)
}

// entries checks that every entry is the record that the tree holds at its place.
func (p pack) entries(tree tlog.Tree, hashes tlog.HashReader) (count int64) {
	for first := int64(0); first < tree.N; first += 1 << tileHeight {
		width := tree.N - first
		if width > 1<<tileHeight {
			width = 1 << tileHeight
		}
		bundle := p.read(path(tlog.Tile{H: tileHeight, L: -1, N: first >> tileHeight, W: int(width)}))
		for len(bundle) > 0 {
			size := int(binary.BigEndian.Uint16(bundle))
			stored, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, count)})
			check(err)
			if stored[0] != tlog.RecordHash(bundle[2:2+size]) {
				log.Fatalf("entry %d is not the one in the tree", count)
			}
			bundle = bundle[2+size:]
			count++
		}
	}
	if count != tree.N {
		log.Fatalf("%d entries in a tree of %d", count, tree.N)
	}
	return count
}

// receipt checks one tlog-proof against the record's hash.
func (p pack) receipt(data []byte, hashes tlog.HashReader) {
	head, rest, ok := bytes.Cut(data, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !ok || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		log.Fatalf("not a receipt: %q", head)
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	check(err)
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := tlog.ParseHash(line)
		check(err)
		proof = append(proof, hash)
	}
	tree := p.checkpoint(rest)
	record, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
	check(err)
	check(tlog.CheckRecord(proof, tree.N, tree.Hash, index, record[0]))
}

func (p pack) read(name string) []byte {
	data, err := os.ReadFile(filepath.Join(p.dir, name))
	check(err)
	return data
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	log.SetFlags(0)
	p := pack{dir: os.Args[1]}
	vkey := strings.TrimPrefix(strings.SplitN(string(p.read("policy")), "\n", 2)[0], "log ")
	verifier, err := note.NewVerifier(vkey)
	check(err)
	p.verifier = verifier

	newest := p.checkpoint(p.read("checkpoint"))
	hashes := tlog.TileHashReader(newest, p)
	count := p.entries(newest, hashes)

	older, _ := filepath.Glob(filepath.Join(p.dir, "checkpoints", "*"))
	for _, name := range older {
		data, err := os.ReadFile(name)
		check(err)
		tree := p.checkpoint(data)
		proof, err := tlog.ProveTree(newest.N, tree.N, hashes)
		check(err)
		check(tlog.CheckTree(proof, newest.N, newest.Hash, tree.N, tree.Hash))
	}

	receipts, _ := filepath.Glob(filepath.Join(p.dir, "proofs", "*.tlog-proof"))
	for _, name := range receipts {
		data, err := os.ReadFile(name)
		check(err)
		p.receipt(data, hashes)
	}
	fmt.Printf("%d entries, %d older checkpoints, %d receipts\n", count, len(older), len(receipts))
}
