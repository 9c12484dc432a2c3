internal import OmniFormats

/// Reads the index of a file that `torch.save` wrote before version 1.6, or later with
/// `_use_new_zipfile_serialization=False`: pickles one after another (a magic number, the version, a description of
/// the machine, the value itself, the keys of its storages) and then the storages, each with its element count before
/// it.
enum LegacyTorchReader {
    /// How such a file starts: a pickle of the magic number.
    private static let start: [UInt8] = [
        0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e,
    ]

    /// Whether a file starts like one.
    static func reads(_ bytes: RawSpan) -> Bool {
        start.indices.allSatisfy { bytes.byte(at: $0) == start[$0] }
    }

    /// - Throws: ``CheckpointError``; every element of every tensor of the result lies inside the file.
    static func index(of file: MappedFile, fileCount: Int) throws(CheckpointError) -> CheckpointIndex {
        func malformed(_ reason: String) -> CheckpointError {
            CheckpointError(.malformed, file: file.path, reason: reason)
        }
        let version = try Pickle(
            file, at: start.count, budget: ReadingBudget(fileByteCount: file.count, fileCount: fileCount))
        guard case .integer(1001) = version.value else {
            throw CheckpointError(.unsupported, file: file.path, reason: "another version of PyTorch's old format")
        }
        let machine = try Pickle(file, at: version.end, budget: version.budgetLeft)
        guard case .dictionary(let place) = machine.value else { throw malformed("the machine is not described") }
        for case (.string("little_endian"), .bool(false)) in machine.heap.dictionaries[place] {
            throw CheckpointError(.unsupported, file: file.path, reason: "the numbers are not little-endian")
        }
        let root = try Pickle(file, at: machine.end, budget: machine.budgetLeft)
        let list = try Pickle(file, at: root.end, budget: root.budgetLeft)
        guard let keys = list.heap.members(list.value) else { throw malformed("the storages are not listed") }

        var widths = root.heap.foreignStorageWidths
        for storage in root.heap.storages { widths[storage.key] = storage.scalarType?.byteCount ?? 1 }
        var position = list.end
        var storages: [String: Range<Int>] = [:]
        for key in keys {
            // Behind a storage whose elements have an unknown width nothing can be found.
            guard case .string(let key) = key, let width = widths[key] else {
                throw CheckpointError(
                    .unsupported, file: file.path,
                    reason: "a storage of a type of elements that is not read; "
                        + Checkpoint.Contents.resavingRemedy(file))
            }
            guard let count = file.bytes.little(Int64.self, at: position), count >= 0,
                count <= Int64((file.count - position - 8) / width)
            else { throw malformed("storage \(key) reaches past the end of the file") }
            let end = position + 8 + Int(count) * width
            guard storages.updateValue(position + 8..<end, forKey: key) == nil else {
                throw malformed("storage \(key) is there twice")
            }
            position = end
        }
        var collector = StateDictCollector(
            heap: root.heap, storages: storages, file: file, fileCount: fileCount, stepLimit: root.stepCount,
            budget: list.budgetLeft)
        return try collector.collect(root.value)
    }

    /// One of the pickles of a file, read.
    private struct Pickle {
        let value: PickleValue
        let heap: PickleHeap
        let stepCount: Int
        /// Where the next one starts.
        let end: Int
        let budgetLeft: ReadingBudget

        init(_ file: MappedFile, at position: Int, budget: ReadingBudget) throws(CheckpointError) {
            var machine = PickleMachine(file.bytes, at: position, budget: budget, file: file.path)
            value = try machine.run()
            heap = machine.heap
            stepCount = machine.stepCount
            end = machine.position
            budgetLeft = machine.budgetLeft
        }
    }
}
