import Foundation

@testable import OmniHub

/// What a hub answers, faults aside.
struct LoopbackResponse {
    struct Reply {
        var status: Int
        var headers: [String: String] = [:]
        var body: [UInt8] = []
    }

    let reply: Reply

    init(_ request: LoopbackHub.Request, _ repositories: [String: LoopbackHub.Repository], port: UInt16) {
        let parts = request.path.split(separator: "/").map { $0.removingPercentEncoding ?? "" }
        if request.isForStore, parts.count == 2 {
            let content = repositories.values.flatMap(\.files.values).first { $0.digest.blobName == parts[1] }
            reply = content.map { Self.body($0.bytes, request) } ?? Reply(status: 403)
        } else if request.isForList, parts.count == 6, parts[4] == "revision" {
            reply = Self.list(repositories["\(parts[2])/\(parts[3])"], revision: parts[5])
        } else if parts.count >= 5, parts[2] == "resolve" {
            reply = Self.file(
                repositories["\(parts[0])/\(parts[1])"], revision: parts[3], parts[4...].joined(separator: "/"),
                request,
                port: port)
        } else {
            reply = Reply(status: 404)
        }
    }

    private static func list(_ repository: LoopbackHub.Repository?, revision: String) -> Reply {
        guard let repository else { return Reply(status: 401, headers: ["X-Error-Code": "RepoNotFound"]) }
        guard repository.revisions.contains(revision) || revision == repository.commit else {
            return Reply(status: 404, headers: ["X-Error-Code": "RevisionNotFound"])
        }
        let files = repository.files.sorted { $0.key < $1.key }.map { path, content -> [String: Any] in
            var file: [String: Any] = [
                "rfilename": path, "size": content.bytes.count, "blobId": content.digest.blobName,
            ]
            if content.isLFS {
                file["blobId"] = String(repeating: "b", count: 40)
                file["lfs"] = [
                    "sha256": content.digest.blobName, "size": content.bytes.count, "pointerSize": 134,
                ]
            }
            return file
        }
        let value: [String: Any] = ["id": "x", "sha": repository.commit, "siblings": files]
        let bytes = (try? JSONSerialization.data(withJSONObject: value)) ?? Data()
        return Reply(status: 200, headers: ["Content-Type": "application/json"], body: Array(bytes))
    }

    private static func file(
        _ repository: LoopbackHub.Repository?, revision: String, _ path: String, _ request: LoopbackHub.Request,
        port: UInt16
    ) -> Reply {
        guard let repository else { return Reply(status: 401, headers: ["X-Error-Code": "RepoNotFound"]) }
        guard let content = repository.files[path] else {
            return Reply(status: 404, headers: ["X-Error-Code": "EntryNotFound"])
        }
        var headers = ["X-Repo-Commit": repository.commit, "ETag": "\"\(content.digest.blobName)\""]
        guard content.isLFS else {
            var reply = body(content.bytes, request)
            reply.headers.merge(headers) { $1 }
            return reply
        }
        headers["ETag"] = "\"pointer\""
        headers["X-Linked-Etag"] = "\"\(content.digest.blobName)\""
        headers["X-Linked-Size"] = "\(content.bytes.count)"
        headers["Location"] = "http://localhost:\(port)/store/\(content.digest.blobName)?Signature=secret"
        return Reply(status: 302, headers: headers, body: Array("Found".utf8))
    }

    private static func body(_ bytes: [UInt8], _ request: LoopbackHub.Request) -> Reply {
        guard let text = request.headers["range"], let start = Int(text.dropFirst("bytes=".count).dropLast()) else {
            return Reply(status: 200, headers: ["ETag": "\"of-the-store\""], body: bytes)
        }
        guard start < bytes.count else {
            return Reply(status: 416, headers: ["Content-Range": "bytes */\(bytes.count)"])
        }
        return Reply(
            status: 206, headers: ["Content-Range": "bytes \(start)-\(bytes.count - 1)/\(bytes.count)"],
            body: Array(bytes[start...]))
    }
}
