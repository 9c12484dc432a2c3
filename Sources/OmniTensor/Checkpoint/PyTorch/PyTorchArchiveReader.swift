internal import OmniFormats

/// Reads the index of a file that `torch.save` wrote: a zip archive with the pickle `NAME/data.pkl` and the bytes of
/// each storage in `NAME/data/KEY`.
enum PyTorchArchiveReader {
    /// The pickle of a model of ten thousand tensors takes about two megabytes.
    static let pickleLimit = 64 << 20

    /// - Throws: ``CheckpointError``; every element of every tensor of the result lies inside the file.
    static func index(of file: MappedFile, fileCount: Int) throws(CheckpointError) -> CheckpointIndex {
        let archive = try ZipArchive(file)
        let (prefix, pickle) = try pickle(of: archive, file: file)
        if let order = archive.entries[prefix + "byteorder"], file.bytes.text(order) != "little" {
            throw CheckpointError(.unsupported, file: file.path, reason: "the numbers are not little-endian")
        }
        var machine = PickleMachine(
            file.bytes.extracting(pickle), budget: ReadingBudget(fileByteCount: file.count, fileCount: fileCount),
            file: file.path)
        let root = try machine.run()
        var collector = StateDictCollector(
            heap: machine.heap, storages: storages(of: archive, behind: prefix + "data/"), file: file,
            fileCount: fileCount, stepLimit: machine.stepCount, budget: machine.budgetLeft)
        return try collector.collect(root)
    }

    /// Where the bytes of the storages lie, by their keys.
    private static func storages(of archive: ZipArchive, behind prefix: String) -> [String: Range<Int>] {
        var storages: [String: Range<Int>] = [:]
        for (name, range) in archive.entries where name.utf8.starts(with: prefix.utf8) {
            storages[String(decoding: name.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)] = range
        }
        return storages
    }

    /// The fault of a file that holds a program.
    static func torchScript(_ file: MappedFile) -> CheckpointError {
        CheckpointError(
            .unsupported, file: file.path,
            reason: "this is a TorchScript program, which only PyTorch runs; save its weights with "
                + "torch.save(torch.jit.load('\(file.path)').state_dict(), 'weights.pth')")
    }

    /// The first part of the entries' names, whatever it is, and where the pickle lies.
    private static func pickle(
        of archive: ZipArchive, file: MappedFile
    ) throws(CheckpointError) -> (prefix: String, range: Range<Int>) {
        let candidates = archive.entries.filter { name, _ in
            let parts = name.split(separator: "/", omittingEmptySubsequences: false)
            return parts.count == 2 && parts[1] == "data.pkl"
        }
        guard let (name, range) = candidates.first, candidates.count == 1 else {
            throw CheckpointError(
                .unsupported, file: file.path,
                reason: "the zip archive holds \(candidates.count) files named data.pkl where PyTorch has one")
        }
        guard range.count <= pickleLimit else {
            throw CheckpointError(.unsupported, file: file.path, reason: "the pickle takes \(range.count) bytes")
        }
        return (String(name.dropLast("data.pkl".count)), range)
    }
}
