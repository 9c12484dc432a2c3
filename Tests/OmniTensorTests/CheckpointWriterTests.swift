import Foundation
import OmniTensor
import OmniTesting
import TestSupport
import Testing

@Suite struct CheckpointWriterTests {
    /// Every type of element, a scalar, an empty tensor, and one that takes several pieces.
    private static var tensors: [String: WritableTensor] {
        var noise = Noise(seed: 1)
        let matrix = noise.tensor([7, 5])
        return [
            "h.0.weight": WritableTensor(matrix), "h.0.half": WritableTensor(matrix, as: .float16),
            "h.0.brain": WritableTensor(matrix, as: .bfloat16), "scalar": WritableTensor(Tensor([2.5], shape: [])),
            "empty": WritableTensor(Tensor(zeros: [0, 3])),
            "bytes": WritableTensor(exactly: Tensor([Int8](-3...3), shape: [7])),
            "codes": WritableTensor(exactly: Tensor([Int64(-1), .max], shape: [2, 1])),
            "long": WritableTensor([300, 500]) { range, target in
                for (place, index) in range.enumerated() { target[place] = Float(index) }
            },
        ]
    }

    private func check(_ found: Checkpoint) throws {
        #expect(found.entries.mapValues(\.shape) == Self.tensors.mapValues(\.info.shape))
        #expect(found.entries.mapValues(\.scalarType) == Self.tensors.mapValues(\.info.scalarType))
        var noise = Noise(seed: 1)
        let matrix = noise.tensor([7, 5])
        #expect(try found.floats("h.0.weight") == matrix)
        #expect(Tolerance.largestDifference(try found.floats("h.0.half"), matrix) < 0x1p-11)
        #expect(Tolerance.largestDifference(try found.floats("h.0.brain"), matrix) < 0x1p-8)
        #expect(try found.floats("scalar").scalars == [2.5])
        #expect(try found.floats("empty").scalars.isEmpty)
        #expect(try found.elements("bytes", as: Int8.self).scalars == Array(-3...3))
        #expect(try found.integers("codes").scalars == [-1, .max])
        #expect(try found.floats("long").scalars == (0..<150_000).map { Float($0) })
    }

    @Test func safetensorsComeBack() throws {
        let metadata = ["format": "pt", "a \"quoted\"\n": "é\\"]
        let found = try withTemporaryFile { url in
            try SafetensorsWriter.write(Self.tensors, metadata: metadata, to: url)
            return try Checkpoint(contentsOf: url)
        }
        try check(found)
        #expect(found.scalars == metadata.mapValues { .string($0) })
    }

    /// Below the limit numbers take 32 bits, from it on 64.
    @Test(arguments: [Int(UInt32.max), 100, 0]) func archivesComeBack(_ wideLimit: Int) throws {
        let found = try withTemporaryFile { url in
            try PyTorchArchiveWriter.write(CheckpointDictionary(Self.tensors), to: url, wideLimit: wideLimit)
            return try Checkpoint(contentsOf: url)
        }
        try check(found)
        #expect(found.scalars.isEmpty)
    }

    @Test func nestedDictionariesAndScalarsComeBack() throws {
        let integers = [0, 255, 256, 65_535, 65_536, -1, 1 << 31, -(1 << 31), -129 << 32, .max, .min]
        let numbers = CheckpointDictionary(
            integers.enumerated().map { ("n\($0)", .scalar(.integer($1))) }, isOrdered: false)
        let root: CheckpointDictionary = [
            "numbers": .dictionary(numbers),
            "state": .dictionary(["one": .tensor(WritableTensor(Tensor([1], shape: [1])))]),
            "flag": .scalar(.bool(true)), "pi": .scalar(.float(.pi)), "name": .scalar(.string("ö")),
        ]
        let found = try withTemporaryFile { url in
            try PyTorchArchiveWriter.write(root, to: url)
            return try Checkpoint(contentsOf: url)
        }
        var expected: [String: CheckpointScalar] = [
            "flag": .bool(true), "pi": .float(.pi), "name": .string("ö"),
        ]
        for (index, value) in integers.enumerated() { expected["numbers.n\(index)"] = .integer(value) }
        #expect(found.scalars == expected)
        #expect(try found.floats("state.one").scalars == [1])
    }

    @Test func tiedTensorsAreStoredOnce() throws {
        let (found, byteCount) = try withTemporaryFile { url in
            let matrix = WritableTensor([100, 100]) { range, target in
                for (place, index) in range.enumerated() { target[place] = Float(index) }
            }
            let root: CheckpointDictionary = ["a": .dictionary(["b": .tensor(matrix)]), "c": .tied(to: "a.b")]
            try PyTorchArchiveWriter.write(root, to: url)
            return (try Checkpoint(contentsOf: url), try Data(contentsOf: url).count)
        }
        #expect(try found.floats("c") == found.floats("a.b"))
        #expect(byteCount < 42_000)
    }

    @Test func moreThanAThousandTensorsComeBack() throws {
        let tensors = (0..<2001).map { ("t\($0)", WritableTensor(Tensor([Float($0)], shape: [1]))) }
        let found = try withTemporaryFile { url in
            let dictionary = CheckpointDictionary(Dictionary(uniqueKeysWithValues: tensors))
            try PyTorchArchiveWriter.write(dictionary, to: url)
            return try Checkpoint(contentsOf: url)
        }
        #expect(found.entries.count == 2001)
        #expect(try found.floats("t1999").scalars == [1999])
    }

    /// The pickle of the same tensors must be PyTorch's, byte for byte, up to the metadata of modules that it adds.
    @Test(arguments: [("lit_model.pth", 4440), ("small.pt", 9406), ("snac/pytorch_model.bin", 63_006)])
    func picklesAreThoseOfPyTorch(_ path: String, _ count: Int) throws {
        let url = Fixture.url("tiny/checkpoint/\(path)")
        let golden = try Data(contentsOf: url)[64..<64 + count]
        let checkpoint = try Checkpoint(contentsOf: url)
        func place(_ name: some StringProtocol) throws -> Int {
            try #require(golden.range(of: Data(RawPickle.text(String(name))))).lowerBound
        }
        let prefix = path == "small.pt" ? "model_state_dict." : ""
        let members = try checkpoint.entries.map { name, info in
            let tensor = WritableTensor(info.shape, as: info.scalarType) { _, _ in }
            let local = String(name.dropFirst(prefix.count))
            return (place: try place(local), name: local, tensor: tensor)
        }
        let tied = ["transformer.wte.weight": "lm_head.weight"]
        var root = CheckpointDictionary(
            members.sorted { $0.place < $1.place }.map { member in
                (member.name, tied[member.name].map { .tied(to: $0) } ?? .tensor(member.tensor))
            })
        if path == "small.pt" {
            let dimensions = try checkpoint.scalars.map { name, value in
                let local = String(name.dropFirst("dims.".count))
                return (place: try place(local), name: local, value: value)
            }
            let dims = CheckpointDictionary(
                dimensions.sorted { $0.place < $1.place }.map { ($0.name, .scalar($0.value)) }, isOrdered: false)
            root = ["dims": .dictionary(dims), "model_state_dict": .dictionary(root)]
        }
        let endCount = path == "small.pt" ? 2 : 1
        let pickle = PickleWriter(root).bytes.dropLast(endCount)
        #expect(pickle.elementsEqual(golden.prefix(pickle.count)))
    }

    @Test func leavesNothingBehindWhenAFileCannotBeWritten() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "omni-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let error = try #require(throws: CheckpointError.self) {
            try SafetensorsWriter.write([:], to: directory.appending(path: "missing/file"))
        }
        #expect(error.code == .unwritable)
        // A directory that is not empty stands where the file should go: renaming fails after writing.
        let taken = directory.appending(path: "taken/inner")
        try FileManager.default.createDirectory(at: taken, withIntermediateDirectories: true)
        #expect(throws: CheckpointError.self) {
            try PyTorchArchiveWriter.write([:], to: directory.appending(path: "taken"))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["taken"])
    }
}
