package import Foundation
internal import OmniFormats

extension Checkpoint {
    /// The file with the weights of a model.
    ///
    /// - Parameters:
    ///   - directory: the folder of the model.
    ///   - names: what the file may be called; where there are several, the first of these.
    /// - Throws: ``CheckpointError`` with the code ``CheckpointError/Code/noWeights``.
    package static func weightFile(in directory: URL, named names: [String]) throws(CheckpointError) -> URL {
        let candidates = names.map { directory.appending(path: $0) }
        guard let file = candidates.first(where: { FileManager.default.fileExists(atPath: $0.path) }) else {
            let missing = names.prefix(2).map { "no \($0)" }.joined(separator: " and ")
            throw CheckpointError(.noWeights, file: directory.path, reason: "there is \(missing)")
        }
        return file
    }
}

extension Checkpoint: AnnotatedTensorSource {
    /// The files of a checkpoint, mapped, and what is in them together.
    struct Contents {
        var files: [MappedFile] = []
        var index = CheckpointIndex()

        /// Maps a file, or the files that a list of shards names.
        init(of url: URL) throws(CheckpointError) {
            let first = try MappedFile(url.path(percentEncoded: false))
            if let explanation = MistakenFile.explanation(of: first.start) {
                throw CheckpointError(.malformed, file: first.path, reason: explanation)
            }
            guard Self.isShardIndex(first) else {
                files = [first]
                index = try Self.index(of: first, fileCount: 1)
                return
            }
            let shards = try ShardIndex(first)
            let folder = url.deletingLastPathComponent()
            let tensorOfFile = Dictionary(shards.fileOfTensor.map { ($0.value, $0.key) }, uniquingKeysWith: min)
            for name in shards.fileNames {
                let file = try MappedFile(folder.appending(path: name).path(percentEncoded: false))
                try add(file, of: shards.fileNames.count, holding: tensorOfFile[name])
            }
            for (tensor, name) in shards.fileOfTensor {
                guard let found = index.tensors[tensor] else {
                    if index.unreadable[tensor] != nil { continue }
                    throw CheckpointError(
                        .malformed, file: first.path, tensor: tensor, reason: "the tensor is not in \(name)")
                }
                guard shards.fileNames[found.fileNumber] == name else {
                    throw CheckpointError(
                        .malformed, file: first.path, tensor: tensor,
                        reason: "the tensor is in \(shards.fileNames[found.fileNumber]), not in \(name)")
                }
            }
        }

        /// Adds a shard.
        ///
        /// - Parameters:
        ///   - fileCount: how many shards there are.
        ///   - name: what the list calls one of its tensors. A training program may have put them into dictionaries,
        ///     whose names come before theirs in the file.
        private mutating func add(
            _ file: MappedFile, of fileCount: Int, holding name: String?
        ) throws(CheckpointError) {
            if let explanation = MistakenFile.explanation(of: file.start) {
                throw CheckpointError(.malformed, file: file.path, reason: explanation)
            }
            var part = try Self.index(of: file, fileCount: fileCount)
            if let name, part.tensors[name] == nil, part.unreadable[name] == nil,
                let wrapper = WrappedNames.wrapper(of: name, in: part.tensors.keys)
            {
                part.removePrefix(wrapper)
            }
            for (name, tensor) in part.tensors {
                var tensor = tensor
                tensor.fileNumber = files.count
                guard index.tensors.updateValue(tensor, forKey: name) == nil else {
                    throw CheckpointError(
                        .malformed, file: file.path, tensor: name, reason: "another file has this tensor as well")
                }
            }
            index.scalars.merge(part.scalars) { first, _ in first }
            index.unreadable.merge(part.unreadable) { first, _ in first }
            index.unreadableTensors.formUnion(part.unreadableTensors)
            index.repeated.formUnion(part.repeated)
            files.append(file)
        }

        /// A list of shards is a JSON object; so is the header of a safetensors file, but not its first byte.
        private static func isShardIndex(_ file: MappedFile) -> Bool {
            guard file.path.hasSuffix(".json") else { return false }
            var place = file.bytes.startsWithByteOrderMark ? 3 : 0
            while let byte = file.bytes.byte(at: place), byte == 0x20 || (0x09...0x0d).contains(byte) { place += 1 }
            return file.bytes.byte(at: place) == UInt8(ascii: "{")
        }

        /// Whether a file is a TorchScript program.
        static func isProgram(_ file: MappedFile) -> Bool {
            guard file.bytes.little(UInt16.self, at: 0) == 0x4b50, let directory = try? ZipDirectoryLocation(file)
            else { return false }
            var position = directory.range.lowerBound
            for _ in 0..<directory.entryCount {
                guard let entry = ZipDirectoryEntry(file.bytes, at: position) else { return false }
                if entry.belongsToProgram { return true }
                position = entry.end
            }
            return false
        }

        /// How to make a file of weights that can be read of one that only PyTorch reads.
        static func resavingRemedy(_ file: MappedFile) -> String {
            "if you trust the file, save it again with torch.save(torch.load('\(file.path)', map_location='cpu', "
                + "weights_only=False), 'weights.pth')"
        }

        /// - Parameter fileCount: files of the checkpoint, which share what a small file may take as well.
        private static func index(
            of file: MappedFile, fileCount: Int
        ) throws(CheckpointError) -> CheckpointIndex {
            let bytes = file.bytes
            if bytes.byte(at: 8) == UInt8(ascii: "{") {
                return try SafetensorsReader.index(of: file, fileCount: fileCount)
            }
            if bytes.little(UInt16.self, at: 0) == 0x4b50 {
                return try PyTorchArchiveReader.index(of: file, fileCount: fileCount)
            }
            if LegacyTorchReader.reads(bytes) { return try LegacyTorchReader.index(of: file, fileCount: fileCount) }
            if bytes.byte(at: 0) == 0x80 || bytes.text(257..<262) == "ustar" {
                throw CheckpointError(
                    .unsupported, file: file.path,
                    reason: "this is a bare pickle or a tar archive, not the zip archive that torch.save makes; "
                        + resavingRemedy(file))
            }
            throw CheckpointError(
                .malformed, file: file.path, reason: "this is neither a safetensors file nor a PyTorch archive")
        }
    }
    /// Whether a file is a TorchScript program, which only PyTorch runs.
    ///
    /// - Throws: ``CheckpointError/Code/unreadable``, or ``CheckpointError/Code/malformed`` for an empty file.
    package static func isProgram(_ url: URL) throws(CheckpointError) -> Bool {
        Contents.isProgram(try MappedFile(url.path(percentEncoded: false)))
    }
}
