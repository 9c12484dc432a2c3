import Foundation
import OmniTensor

/// Pickles made by hand, right and wrong.
enum RawPickle {
    static func text(_ text: String) -> [UInt8] { Array("X".utf8) + little(text.utf8.count, 4) + Array(text.utf8) }
    static func shortText(_ text: String) -> [UInt8] { [0x8c, UInt8(text.utf8.count)] + Array(text.utf8) }
    static func integer(_ value: Int) -> [UInt8] { [0x8a, 8] + little(value, 8) }
    static func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }
    static func tuple(_ parts: [UInt8]...) -> [UInt8] { Array("(".utf8) + parts.flatMap { $0 } + Array("t".utf8) }
    static func tuple(_ values: [Int]) -> [UInt8] {
        Array("(".utf8) + values.flatMap { integer($0) } + Array("t".utf8)
    }

    static func storage(_ key: String = "0", _ type: String = "FloatStorage", count: Int) -> [UInt8] {
        tuple(text("storage"), global("torch", type), text(key), text("cpu"), integer(count)) + Array("Q".utf8)
    }

    static func tensor(
        _ storage: [UInt8], offset: Int = 0, _ shape: [Int], strides: [Int], metadata: [UInt8] = []
    ) -> [UInt8] {
        let orderedDictionary = global("collections", "OrderedDict") + Array(")R".utf8)
        return global("torch._utils", "_rebuild_tensor_v2")
            + tuple(storage, integer(offset), tuple(shape), tuple(strides), [0x89], orderedDictionary, metadata)
            + Array("R".utf8)
    }

    static func dictionary(_ members: (String, [UInt8])...) -> [UInt8] {
        Array("}(".utf8) + members.flatMap { text($0.0) + $0.1 } + Array("u".utf8)
    }

    static func program(_ body: [UInt8]) -> [UInt8] { [0x80, 2] + body + Array(".".utf8) }

    /// Opens an archive of a pickle and its storages.
    static func open(
        _ body: [UInt8], storages: [[Float]] = [[0, 1, 2, 3, 4, 5]], byteOrder: String = "little"
    ) throws -> Checkpoint {
        let bytes = storages.map { $0.flatMap { little(Int($0.bitPattern), 4) } }
        return try withTemporaryFile { url in
            try PyTorchArchiveWriter.write(pickle: program(body), storages: bytes, byteOrder: byteOrder, to: url)
            return try Checkpoint(contentsOf: url)
        }
    }

    private static func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
