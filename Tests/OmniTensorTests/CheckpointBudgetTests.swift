import OmniTensor
import OmniTesting
import Testing

/// Small files that describe far more than they hold.
@Suite struct CheckpointBudgetTests {
    private typealias P = RawPickle

    /// One tuple of many numbers, the shape and the strides of many tensors.
    @Test func aSharedTupleIsNotCopied() throws {
        var body: [UInt8] = [0x28]
        for _ in 0..<100_000 { body += [0x4b, 0] }
        body += [0x74, 0x71, 0, 0x30] + P.storage(count: 6) + [0x71, 1, 0x30, 0x7d, 0x28]
        for place in 0..<400 {
            body += P.text("t\(place)") + P.global("torch._utils", "_rebuild_tensor_v2")
            body += [0x28, 0x68, 1, 0x4b, 0, 0x68, 0, 0x68, 0, 0x89, 0x4e, 0x74, 0x52]
        }
        let error = try #require(throws: CheckpointError.self) { try P.open(body + [0x75]) }
        #expect(error.code == .malformed, "\(error)")
    }

    private static let hungry: [(String, [UInt8])] = [
        ("tuples of nothing", tuples()), ("a long name of many", longNames()), ("a memo", memo()),
        ("a class of a long name", longClass()), ("objects of a class of a long name", objectsOfALongClass()),
        ("storages of a long name", storagesOfALongName()),
    ]

    /// 1 MB of text, under 0 in the memo.
    private static let longText = P.text(String(repeating: "k", count: 1 << 20)) + [0x71, 0, 0x30]

    private static func longClass() -> [UInt8] {
        longText + (0..<1000).flatMap { _ in [0x68, 0, 0x68, 0, 0x93, 0x30] as [UInt8] } + [0x7d]
    }

    private static func objectsOfALongClass() -> [UInt8] {
        var body = longText + [0x68, 0, 0x68, 0, 0x93, 0x29, 0x52, 0x71, 1, 0x30, 0x7d, 0x28]
        for place in 0..<1000 { body += P.text("\(place)") + [0x68, 1] }
        return body + [0x75]
    }

    private static func storagesOfALongName() -> [UInt8] {
        let identifier: [UInt8] = [0x28] + P.text("storage") + P.global("torch", "FloatStorage") + [0x68, 0]
        let storage = identifier + P.text("cpu") + [0x4b, 6, 0x74, 0x71, 1, 0x30]
        return longText + storage + (0..<1000).flatMap { _ in [0x68, 1, 0x51, 0x30] as [UInt8] } + [0x7d]
    }

    private static func tuples() -> [UInt8] {
        var body: [UInt8] = [0x7d, 0x28] + P.text("a") + [0x28]
        for place in 0..<1_400_000 { body += place % 1000 == 999 ? [0x74, 0x30, 0x28] : [0x29] }
        return body + [0x74, 0x75]
    }

    private static func longNames() -> [UInt8] {
        let key = P.text(String(repeating: "k", count: 200_000)) + [0x71, 0, 0x30]
        var body = key + [0x7d, 0x28, 0x68, 0, 0x7d, 0x28]
        for place in 0..<2000 { body += P.text("\(place)") + [0x4b, 1] }
        return body + [0x75, 0x75]
    }

    private static func memo() -> [UInt8] {
        var body: [UInt8] = [0x7d, 0x28] + P.text("a") + [0x4e]
        for place in 0..<900_000 { body += [0x72] + (0..<4).map { UInt8(truncatingIfNeeded: place >> (8 * $0)) } }
        return body + [0x75]
    }

    @Test(arguments: hungry.map { ($0, PrintedByCount($1)) })
    func whatAPickleMakesIsTakenFromABudget(_ name: String, _ body: PrintedByCount) throws {
        let error = try #require(throws: CheckpointError.self) { _ = try P.open(body.bytes) }
        #expect(error.code == .overBudget && error.reason.contains("memory"), "\(error)")
    }

    /// Each name is an entry of a table, which must not be copied for the next.
    @Test(arguments: [true, false]) func manyNamesTakeTimeInProportion(areTensors: Bool) throws {
        var root = P.tensor(P.storage(count: 6), [6], strides: [1]) + [0x71, 0, 0x30, 0x7d, 0x28]
        for place in 0..<40_000 { root += P.text("\(place)") + (areTensors ? [0x68, 0] : [0x4b, 1]) }
        let time = try processorTime {
            let opened = try P.open(root + [0x75])
            #expect(opened.entries.count + opened.scalars.count == 40_000)
        }
        #expect(time < .seconds(1))
    }

    /// A storage is looked up once, not for each of the tensors that share it.
    @Test func aLongNameOfAStorageIsLookedUpOnce() throws {
        let key = P.text(String(repeating: "k", count: 200_000))
        let identifier: [UInt8] = [0x28] + P.text("storage") + P.global("torch", "FloatStorage") + key
        let storage = identifier + P.text("cpu") + [0x4b, 1, 0x74, 0x51]
        var root = P.tensor(storage, [1], strides: [1]) + [0x71, 0, 0x30, 0x7d, 0x28]
        for place in 0..<20_000 { root += P.text("\(place)") + [0x68, 0] }
        let file = legacyFile(root + [0x75], keys: key + [0x85])
        let time = try processorTime {
            let opened = try checkpoint(file)
            #expect(opened.entries.count == 20_000)
        }
        #expect(time < .seconds(1))
    }

    /// A file of PyTorch's old format with one storage of one float.
    private func legacyFile(_ root: [UInt8], keys: [UInt8]) -> [UInt8] {
        let start: [UInt8] = [
            0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e,
        ]
        return start + P.program(P.integer(1001)) + P.program(P.dictionary()) + P.program(root) + P.program(keys)
            + [1, 0, 0, 0, 0, 0, 0, 0] + [0, 0, 0x80, 0x3f]
    }

    @Test func shapesHaveFewDimensions() throws {
        let ones = Array(repeating: "1", count: 200_000).joined(separator: ",")
        let header = #"{"a":{"dtype":"U8","shape":[\#(ones)],"data_offsets":[0,1]}}"#
        let error = try #require(throws: CheckpointError.self) { try checkpoint(safetensors(header, [1])) }
        #expect(error.code == .malformed, "\(error)")
    }

    @Test func deepNestingIsRefused() throws {
        let header = #"{"a":{"more":"# + String(repeating: "[", count: 500_000)
        let error = try #require(throws: CheckpointError.self) { try checkpoint(safetensors(header, [])) }
        #expect(error.code == .malformed, "\(error)")
    }
}
