import Foundation
import OmniTensor
import TestSupport
import Testing

/// Archives whose directory is changed by hand.
@Suite struct ZipArchiveTests {
    private static func archive(wideLimit: Int = Int(UInt32.max)) throws -> [UInt8] {
        try withTemporaryFile { url in
            let root: CheckpointDictionary = ["a": .tensor(WritableTensor(Tensor([1, 2, 3], shape: [3])))]
            try PyTorchArchiveWriter.write(root, to: url, wideLimit: wideLimit)
            return try Array(Data(contentsOf: url))
        }
    }

    private func code(_ bytes: [UInt8]) -> CheckpointError.Code? {
        #expect(throws: CheckpointError.self) { try checkpoint(bytes) }?.code
    }

    /// Where the records that start with a signature lie.
    private static func places(_ kind: (UInt8, UInt8), in bytes: [UInt8]) -> [Int] {
        (0..<bytes.count - 3).filter { Array(bytes[$0..<$0 + 4]) == [0x50, 0x4b, kind.0, kind.1] }
    }

    @Test func aCommentAtTheEndIsAllowed() throws {
        var bytes = try Self.archive()
        bytes[bytes.count - 2] = 5
        #expect(try checkpoint(bytes + Array("hello".utf8)).floats("a").scalars == [1, 2, 3])
        #expect(code(bytes + Array("hell".utf8)) == .malformed)
    }

    /// Field of a directory entry, new value, and what comes of it.
    @Test(
        arguments: [
            (10, [8, 0], CheckpointError.Code.unsupported), (8, [1, 8], .unsupported), (24, [1, 0, 0, 0], .malformed),
            (20, [255, 255, 255, 255], .malformed), (28, [255, 255], .malformed), (30, [255, 255], .malformed),
            (42, [1, 0, 0, 0], .malformed), (42, [255, 255, 255, 127], .malformed),
            (42, [255, 255, 255, 255], .malformed),
            (46, [0x2f], .malformed), (46, [0xff], .malformed),
        ] as [(Int, [UInt8], CheckpointError.Code)])
    func directoryEntriesAreChecked(_ offset: Int, _ value: [UInt8], _ expected: CheckpointError.Code) throws {
        var bytes = try Self.archive()
        let entries = Self.places((1, 2), in: bytes)
        #expect(entries.count == 4)
        for (index, byte) in value.enumerated() { bytes[entries[2] + offset + index] = byte }
        #expect(code(bytes) == expected)
    }

    @Test(
        arguments: [
            (4, [1, 0], CheckpointError.Code.unsupported), (10, [5, 0], .malformed), (10, [3, 0], .malformed),
            (10, [255, 255], .malformed), (12, [0, 0, 0, 0], .malformed), (12, [255, 255, 255, 255], .malformed),
            (16, [0, 0, 0, 0], .malformed), (16, [255, 255, 255, 255], .malformed),
        ] as [(Int, [UInt8], CheckpointError.Code)])
    func theEndRecordIsChecked(_ offset: Int, _ value: [UInt8], _ expected: CheckpointError.Code) throws {
        var bytes = try Self.archive()
        let end = try #require(Self.places((5, 6), in: bytes).last)
        for (index, byte) in value.enumerated() { bytes[end + offset + index] = byte }
        #expect(code(bytes) == expected)
    }

    /// Fields of the 64-bit end record and of its locator.
    @Test(
        arguments: [(6, 24), (6, 32), (6, 40), (6, 48), (7, 8)] as [(UInt8, Int)], [0, 1, 0x7fff, UInt64.max, 1 << 63])
    func the64BitEndRecordIsChecked(_ field: (UInt8, Int), _ value: UInt64) throws {
        var bytes = try Self.archive(wideLimit: 0)
        let kinds: [UInt8: (UInt8, UInt8)] = [6: (6, 6), 7: (6, 7)]
        let kind = try #require(kinds[field.0])
        let place = try #require(Self.places(kind, in: bytes).last) + field.1
        for index in 0..<8 { bytes[place + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(index))) }
        // The count of entries on this disk, at 24, says nothing that the total does not.
        if field == (6, 24) {
            #expect(try checkpoint(bytes).entries.count == 1)
        } else {
            #expect(code(bytes) == .malformed)
        }
    }

    @Test func archivesWithoutAPickleAreNoCheckpoints() throws {
        var bytes = try Self.archive()
        let name = Array("/data.pkl".utf8)
        for place in 0..<bytes.count - name.count where Array(bytes[place..<place + name.count]) == name {
            bytes[place + 1] = UInt8(ascii: "D")
        }
        #expect(code(bytes) == .unsupported)
        // An empty archive is its end record alone.
        #expect(code([0x50, 0x4b, 5, 6] + [UInt8](repeating: 0, count: 18)) == .unsupported)
    }

    @Test func severalThreadsMayRead() async throws {
        let opened = try Checkpoint(contentsOf: Fixture.url("tiny/checkpoint/small.pt"))
        let names = opened.entries.keys.sorted()
        let expected = try names.map { try opened.floats($0) }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 {
                group.addTask { try names.map { try opened.floats($0) } == expected }
            }
            for try await isSame in group { #expect(isSame) }
        }
    }
}
