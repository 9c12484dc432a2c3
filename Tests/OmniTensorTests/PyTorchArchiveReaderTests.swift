import Foundation
import OmniTensor
import OmniTesting
import Testing

@Suite struct PyTorchArchiveReaderTests {
    private typealias P = RawPickle

    @Test func gathersViews() throws {
        let opened = try P.open(
            P.dictionary(
                ("whole", P.tensor(P.storage(count: 6), [2, 3], strides: [3, 1])),
                ("transposed", P.tensor(P.storage(count: 6), [3, 2], strides: [1, 3])),
                ("column", P.tensor(P.storage(count: 6), offset: 1, [2], strides: [3])),
                ("tail", P.tensor(P.storage(count: 6), offset: 4, [1, 2], strides: [77, 1])),
                ("windows", P.tensor(P.storage(count: 6), [2, 2], strides: [1, 1])),
                ("cube", P.tensor(P.storage(count: 6), [1, 3, 2], strides: [9, 1, 3])),
                ("scalar", P.tensor(P.storage(count: 6), offset: 5, [], strides: [])),
                ("empty", P.tensor(P.storage(count: 6), offset: 6, [0, 2], strides: [2, 1]))))
        let expected: [String: (Shape, [Float])] = [
            "whole": ([2, 3], [0, 1, 2, 3, 4, 5]), "transposed": ([3, 2], [0, 3, 1, 4, 2, 5]),
            "column": ([2], [1, 4]), "tail": ([1, 2], [4, 5]), "windows": ([2, 2], [0, 1, 1, 2]),
            "cube": ([1, 3, 2], [0, 3, 1, 4, 2, 5]), "scalar": ([], [5]), "empty": ([0, 2], []),
        ]
        #expect(opened.entries.count == expected.count)
        for (name, (shape, values)) in expected {
            let tensor = try opened.floats(name)
            #expect(tensor.shape == shape, "\(name)")
            #expect(tensor.scalars == values, "\(name)")
        }
    }

    /// Along an extent of one a stride leads nowhere, and may be any number.
    @Test func stridesAlongExtentsOfOneAreNotUsed() throws {
        let storage = P.storage(count: 8)
        let opened = try P.open(
            P.dictionary(
                ("a", P.tensor(storage, [2, 1, 2], strides: [4, .max, 2])),
                ("b", P.tensor(storage, [1, 2, 1, 1], strides: [.max, 3, .max, .max])),
                ("c", P.tensor(storage, offset: 7, [1, 1], strides: [.max, .max]))),
            storages: [[0, 1, 2, 3, 4, 5, 6, 7]])
        #expect(try opened.floats("a").scalars == [0, 2, 4, 6])
        #expect(try opened.floats("b").scalars == [0, 3])
        #expect(try opened.floats("c").scalars == [7])
    }

    /// Twenty names of 8388608 elements that are one: reading them all would take 640 MB.
    @Test func repeatedElementsAreCountedTogether() throws {
        let view = P.tensor(P.storage(count: 6), [1 << 23], strides: [0])
        let names = (0..<20).map { "n\($0)" }
        let body = Array("}(".utf8) + names.flatMap { P.text($0) + view } + Array("u".utf8)
        let opened = try P.open(body)
        let readable = names.filter { opened.entries[$0] != nil }
        #expect(readable == ["n0"])
        #expect(try opened.floats("n0").shape == [1 << 23])
        let error = try #require(throws: CheckpointError.self) { try opened.floats("n1") }
        #expect(error.code == .missingTensor && error.reason.contains("repeats"), "\(error)")
    }

    /// So are the elements of whole storages: a file of 4 MB whose only storage has a hundred names.
    @Test func storagesOfManyNamesAreCountedTogether() throws {
        let whole = P.tensor(P.storage(count: 1 << 20), [1 << 20], strides: [1])
        let names = (0..<100).map { "n\($0)" }
        let body = Array("}(".utf8) + names.flatMap { P.text($0) + whole } + Array("u".utf8)
        let opened = try P.open(body, storages: [[Float](repeating: 1, count: 1 << 20)])
        // Itself, 8 << 20 elements that any file may repeat, and two of each of its own.
        #expect(opened.entries.count == 11)
        let error = try #require(throws: CheckpointError.self) { try opened.floats("n99") }
        #expect(error.reason.contains("repeats"), "\(error)")
    }

    /// PyTorch stores the elements of such a view without the minus sign.
    @Test func lazyViewsAreRefusedWhenTheyAreNeeded() throws {
        func tensor(_ metadata: [UInt8]) -> [UInt8] {
            P.tensor(P.storage(count: 6), [6], strides: [1], metadata: metadata)
        }
        let opened = try P.open(
            P.dictionary(
                ("negated", tensor(P.dictionary(("neg", [0x88])))),
                ("conjugated", tensor(P.dictionary(("conj", [0x88])))),
                ("plain", tensor(P.dictionary(("neg", [0x89]))))))
        #expect(Set(opened.entries.keys) == ["plain"])
        #expect(try opened.floats("plain").scalars == [0, 1, 2, 3, 4, 5])
        for name in ["negated", "conjugated"] {
            let error = try #require(throws: CheckpointError.self) { try opened.floats(name) }
            #expect(error.code == .missingTensor && error.reason.contains("a \(name) view"), "\(error)")
        }
    }

    @Test func tensorsOfOneStorageShareItsMemory() throws {
        let opened = try P.open(
            P.dictionary(
                ("a", P.tensor(P.storage(count: 6), [6], strides: [1])),
                ("b", P.tensor(P.storage(count: 6), [6], strides: [1]))))
        let (a, b) = try (opened.floats("a"), opened.floats("b"))
        let isShared = unsafe a.span.withUnsafeBufferPointer { first in
            unsafe b.span.withUnsafeBufferPointer { second in unsafe first.baseAddress == second.baseAddress }
        }
        #expect(isShared)
    }

    @Test func readsWhatElseAFileMayHold() throws {
        let tensor = P.tensor(P.storage(count: 6), [6], strides: [1])
        let parameter =
            P.global("torch._utils", "_rebuild_parameter")
            + P.tuple(tensor, [0x88], P.global("collections", "OrderedDict") + Array(")R".utf8)) + Array("R".utf8)
        let frozen: [UInt8] = [0x28, 0x4b, 1, 0x91]
        let size = P.global("torch", "Size") + P.tuple(P.tuple([2, 3])) + Array("R".utf8)
        let opened = try P.open(
            P.dictionary(
                ("parameter", parameter), ("list", Array("](K\u{1}K\u{2}e".utf8)), ("none", Array("N".utf8)),
                ("frozen", frozen), ("set", [0x8f, 0x28, 0x4b, 1, 0x90]), ("bytes", Array("C\u{3}abc".utf8)),
                ("size", size), ("short", P.shortText("hi")), ("tuple", [0x4b, 7, 0x85])))
        #expect(Set(opened.entries.keys) == ["parameter"])
        #expect(
            opened.scalars == [
                "list.0": .integer(1), "list.1": .integer(2), "size.0": .integer(2), "size.1": .integer(3),
                "short": .string("hi"), "tuple.0": .integer(7),
            ])
    }

    @Test func readsProtocol4() throws {
        let name = P.shortText("collections") + P.shortText("OrderedDict")
        let body: [UInt8] = [0x80, 4, 0x95, 9, 0, 0, 0, 0, 0, 0, 0] + name + [0x93, 0x94, 0x29, 0x52, 0x94]
        let opened = try P.open(body + [0x28] + P.text("x") + [0x4b, 3, 0x75])
        #expect(opened.scalars == ["x": .integer(3)])
    }

    private static let forbidden: [([UInt8], String)] = [
        (P.global("posix", "system"), "posix.system"),
        (P.global("os", "system") + P.tuple(P.text("true")) + [0x52], "os.system"),
        (P.shortText("builtins") + P.shortText("eval") + [0x93], "builtins.eval"),
        (P.global("torch", "load"), "torch.load"),
        (Array("Pabc\n".utf8), "0x50"),
        (Array("i__main__\nX\n".utf8), "0x69"),
    ]

    @Test(arguments: forbidden) func namesWhatItDoesNotExecute(_ body: [UInt8], _ name: String) throws {
        let error = try #require(throws: CheckpointError.self) { try P.open(body) }
        #expect(error.code == .unsupported)
        #expect(error.reason.contains(name))
    }

    /// Objects of any class may lie beside weights: each is a place-holder, and nothing of it is called.
    @Test(arguments: [
        ("uuid", "UUID"), ("types", "SimpleNamespace"), ("functools", "partial"), ("pathlib", "PosixPath"),
        ("datetime", "datetime"), ("enum", "Enum"), ("argparse", "Namespace"), ("omegaconf.dictconfig", "DictConfig"),
        ("builtins", "getattr"), ("builtins", "ValueError"), ("operator", "itemgetter"), ("logging", "Logger"),
        ("io", "BytesIO"), ("torch.storage", "_load_from_bytes"), ("numpy.core.multiarray", "_reconstruct"),
        ("__main__", "Outer.Inner"), ("os", "stat_result"), ("collections", "deque"), ("copyreg", "_reconstructor"),
        ("string", "Template"), ("contextlib", "nullcontext"), ("tempfile", "SpooledTemporaryFile"),
    ]) func objectsOfOtherClassesArePlaceHolders(_ module: String, _ name: String) throws {
        let tensor = P.tensor(P.storage(count: 6), [6], strides: [1])
        // Called, filled as list and as dictionary, with state of its own; and the class alone.
        let object =
            P.global(module, name) + P.tuple(P.text("x"), tensor) + [0x52] + [0x28] + P.integer(1) + [0x65, 0x28]
            + P.text("k") + P.integer(2) + [0x75] + P.dictionary(("state", P.integer(1))) + [0x62]
        let called = object + [0x29, 0x52]
        let opened = try P.open(
            P.dictionary(
                ("object", object), ("called", called), ("class", P.global(module, name)), ("weight", tensor)))
        #expect(Set(opened.entries.keys) == ["weight"])
        let error = try #require(throws: CheckpointError.self) { try WeightScope(opened).tensor("object", [6]) }
        #expect(error.code == .missingTensor && error.reason.contains("\(module).\(name)"), "\(error)")
    }

    /// A function that runs programs, reached through the names of classes.
    @Test(arguments: [("torch", "os.system"), ("x", "subprocess.Popen"), ("builtins", "__import__"), ("nt", "popen")])
    func waysAroundAreRefused(_ module: String, _ name: String) throws {
        let body = P.shortText(module) + P.shortText(name) + [0x93]
        let error = try #require(throws: CheckpointError.self) { try P.open(body) }
        #expect(error.code == .unsupported && error.reason.contains(name), "\(error)")
    }

    /// Python writes half a surrogate pair as three bytes that are no UTF-8.
    @Test func halvesOfSurrogatePairsArePassedOver() throws {
        let half: [UInt8] = [0x58, 3, 0, 0, 0, 0xed, 0xa0, 0x80]
        let tensor = P.tensor(P.storage(count: 6), [6], strides: [1])
        let opened = try P.open(
            [0x7d, 0x28] + half + P.integer(1) + P.text("note") + half + P.text("weight") + tensor + P.text("object")
                + half + half + [0x93, 0x29, 0x52] + [0x75])
        #expect(Set(opened.entries.keys) == ["weight"] && opened.scalars.isEmpty)
    }

    private static let lyingTensors: [(Int, Int, [Int], [Int], CheckpointError.Code)] = [
        (6, 1, [6], [1], .malformed), (6, -1, [2], [1], .malformed), (6, 7, [1], [1], .malformed),
        (6, 0, [2], [6], .malformed), (6, 5, [2], [-1], .malformed), (6, 0, [-1], [1], .malformed),
        (6, 0, [2, 3], [1], .malformed), (6, .max, [2], [.max], .malformed), (6, 0, [3], [.max], .malformed),
        (6, 0, [1 << 40, 1 << 40], [0, 0], .malformed), (7, 0, [6], [1], .malformed),
        (1 << 60, 0, [6], [1], .malformed),
        (6, 0, [Int](repeating: 1, count: 65), [Int](repeating: 1, count: 65), .malformed),
        (-6, 0, [1], [1], .malformed),
    ]

    @Test(arguments: lyingTensors) func refusesTensorsOutsideTheirStorage(
        _ count: Int, _ offset: Int, _ shape: [Int], _ strides: [Int], _ code: CheckpointError.Code
    ) throws {
        let body = P.dictionary(("a", P.tensor(P.storage(count: count), offset: offset, shape, strides: strides)))
        let error = try #require(throws: CheckpointError.self) { try P.open(body) }
        #expect(error.code == code)
    }

    private static let hostilePrograms: [(String, [UInt8], CheckpointError.Code)] = [
        ("a missing storage", P.dictionary(("a", P.tensor(P.storage("9", count: 6), [6], strides: [1]))), .malformed),
        (
            "a storage of odd size",
            P.dictionary(("a", P.tensor(P.storage("0", "DoubleStorage", count: 6), [6], strides: [1]))), .malformed
        ),
        ("an unknown storage", P.storage("0", "ComplexStorage", count: 6), .unsupported),
        ("no dictionary", P.integer(1), .unsupported),
        ("nothing", [], .malformed),
        ("a call of a number", P.integer(1) + [0x29, 0x52], .malformed),
        ("a call without a tuple", P.global("collections", "OrderedDict") + P.integer(1) + [0x52], .malformed),
        ("a tensor of nothing", P.global("torch._utils", "_rebuild_tensor_v2") + [0x29, 0x52], .malformed),
        ("a parameter of nothing", P.global("torch._utils", "_rebuild_parameter") + [0x29, 0x52], .malformed),
        ("items in a number", P.integer(1) + P.text("a") + P.integer(2) + [0x73], .malformed),
        ("an odd number of items", [0x7d, 0x28] + P.text("a") + [0x75], .malformed),
        ("no mark", [0x7d, 0x75], .malformed),
        ("popping past a mark", [0x7d, 0x28, 0x30], .malformed),
        ("an unset memo", [0x68, 3], .malformed),
        ("a text without end", [0x58, 255, 255, 255, 255, 65], .malformed),
        ("a longer text", [0x8d, 255, 255, 255, 255, 255, 255, 255, 127, 65], .malformed),
        ("protocol 0", Array("(dp0\n".utf8), .unsupported),
        ("a later protocol", [0x80, 6], .unsupported),
        ("a dictionary that holds itself", [0x7d, 0x71, 0] + P.text("a") + [0x68, 0, 0x73], .unsupported),
        ("a list that holds itself", [0x7d] + P.text("a") + [0x5d, 0x71, 0, 0x68, 0, 0x61, 0x73], .unsupported),
        (
            "pairs without names, again and again",
            [0x7d, 0x71, 0, 0x28] + [UInt8](repeating: 0x4e, count: 100_000) + [0x75, 0x30, 0x7d] + P.text("a")
                + [0x5d, 0x28] + (0..<50_000).flatMap { _ in [0x68, 0] as [UInt8] } + [0x65, 0x73], .unsupported
        ),
        ("a name twice", P.dictionary(("a", P.integer(1)), ("a", P.integer(2))), .malformed),
        (
            "a dotted name twice", P.dictionary(("a.b", P.integer(1)), ("a", P.dictionary(("b", P.integer(2))))),
            .malformed
        ),
        (
            "deep tuples", [0x7d] + P.text("a") + [0x29] + [UInt8](repeating: 0x85, count: 300_000) + [0x73],
            .unsupported
        ),
        ("a deep stack", [UInt8](repeating: 0x4e, count: 1_200_000), .unsupported),
        ("many marks", [UInt8](repeating: 0x28, count: 1_200_000), .unsupported),
    ]

    @Test(arguments: hostilePrograms.map { ($0, PrintedByCount($1), $2) })
    func refusesHostilePickles(_ name: String, _ body: PrintedByCount, _ code: CheckpointError.Code) throws {
        let error = try #require(throws: CheckpointError.self) { try P.open(body.bytes) }
        #expect(error.code == code, "\(error)")
    }

    /// Thirty dictionaries, each holding the one before twice: few bytes, a billion names.
    @Test(arguments: [true, false]) func refusesATreeThatGrowsFromSharing(_ hasLeaf: Bool) throws {
        var body: [UInt8] = hasLeaf ? P.dictionary(("x", P.integer(1))) : [0x7d]
        for level in 0..<30 {
            let memo = UInt8(level)
            body += [0x71, memo, 0x30, 0x7d, 0x28] + P.text("a") + [0x68, memo] + P.text("b") + [0x68, memo, 0x75]
        }
        let error = try #require(throws: CheckpointError.self) { try P.open(body) }
        #expect(error.code == .unsupported)
    }

    @Test func refusesBigEndianFiles() throws {
        let error = try #require(throws: CheckpointError.self) { try P.open(P.dictionary(), byteOrder: "big") }
        #expect(error.code == .unsupported)
    }

    @Test func saysHowToSaveOldFilesAgain() throws {
        let archive = [UInt8](repeating: 0, count: 257) + Array("ustar".utf8) + [0]
        for bytes in [[0x80, 2, 0x7d, 0x2e, 0, 0, 0, 0, 0, 0], archive] as [[UInt8]] {
            let error = try #require(throws: CheckpointError.self) { try checkpoint(bytes) }
            #expect(error.code == .unsupported)
            #expect(error.reason.contains("torch.save(torch.load("))
            #expect(error.reason.contains("weights_only=False)"))
        }
    }
}
