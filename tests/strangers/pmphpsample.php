#!/usr/bin/env php
<?php
// A registrar as a stranger would write it: one file, the panel's own place, mysqli, the control tool.
// Its supplier is a JSON file: {"money": 100, "domains": {"a.test": {…}}, "contacts": {…}}, with "down": true while it does not answer.
set_error_handler(function ($level, $text, $file, $line) { throw new ErrorException($text, 0, $level, $file, $line); });
const ROOT = "/usr/local/mgr5";
const NAME = "pmphpsample.php";

class Trouble extends Exception {
    public $type, $object;
    function __construct($type, $object = "", $value = "") { parent::__construct($value); $this->type = $type; $this->object = $object; }
    function document() {
        $doc = new SimpleXMLElement("<doc/>");
        $error = $doc->addChild("error");
        $error["type"] = $this->type;
        $error["object"] = $this->object;
        $param = $error->addChild("param", htmlspecialchars($this->getMessage(), ENT_XML1));
        $param["name"] = "value";
        return $doc->asXML();
    }
}

function note($text) {
    file_put_contents("var/pmphpsample.log", date("M j H:i:s") . " [" . getmypid() . "] pmphpsample INFO " . $text . "\n", FILE_APPEND | LOCK_EX);
}

function panel($function, $params = []) {
    $line = ROOT . "/sbin/mgrctl -m billmgr -o xml " . escapeshellarg($function);
    foreach ($params as $name => $value) {
        $line .= " " . escapeshellarg("$name=$value");
    }
    note("panel: $function");
    $answer = simplexml_load_string((string) shell_exec($line));
    if ($answer === false) throw new Trouble("panel", $function);
    if ($answer->error) throw new Trouble((string) $answer->error["type"], (string) $answer->error["object"], (string) $answer->error->msg);
    return $answer;
}

function setting($name, $default) {
    static $known = null;
    if ($known === null) {
        $known = [];
        foreach (panel("paramlist")->elem as $elem) foreach ($elem as $key => $value) $known[$key] = (string) $value;
    }
    return isset($known[$name]) ? $known[$name] : $default;
}

function rows($sql, ...$values) {
    static $base = null;
    if ($base === null) {
        mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
        $login = [setting("DBHost", "localhost"), setting("DBUser", "root"), setting("DBPassword", ""), setting("DBName", "billmgr")];
        $base = new mysqli(...[...$login, (int) setting("DBPort", "3306"), setting("DBSocket", null)]);
        $base->set_charset("utf8mb4");
    }
    $question = $base->prepare($sql);
    if ($values) $question->bind_param(str_repeat("s", count($values)), ...$values);
    $question->execute();
    return $question->get_result()->fetch_all(MYSQLI_ASSOC);
}

function connection($module) {
    $found = [];
    foreach (rows("SELECT intname, value FROM processingparam WHERE processingmodule = ?", $module) as $row) $found[$row["intname"]] = $row["value"];
    $key = openssl_pkey_get_private(file_get_contents(ROOT . "/" . setting("CryptKey", "etc/billmgr.pem")));
    foreach (rows("SELECT intname, value FROM processingcryptedparam WHERE processingmodule = ?", $module) as $row) {
        if (!openssl_private_decrypt(base64_decode($row["value"]), $clear, $key)) throw new Trouble("decrypt", $row["intname"]);
        $found[$row["intname"]] = $clear;
    }
    return $found;
}

function supplier($connection, $work) {
    $file = fopen($connection["backend"], "c+");
    flock($file, LOCK_EX);
    $state = json_decode(stream_get_contents($file), true);
    if (!empty($state["down"])) throw new Trouble("unreachable", "supplier");
    if ($state["password"] !== $connection["password"]) throw new Trouble("invalid_login_or_passwd", "password");
    $answer = $work($state);
    rewind($file);
    ftruncate($file, 0);
    fwrite($file, json_encode($state, JSON_UNESCAPED_UNICODE));
    fclose($file);
    return $answer;
}

function item($number) {
    $found = rows("SELECT i.id, i.processingmodule, i.period, i.status, i.expiredate, t.name AS tld FROM item i"
        . " JOIN pricelist p ON p.id = i.pricelist JOIN tld t ON t.id = p.intname WHERE i.id = ?", $number);
    if (!$found) throw new Trouble("missed", "item", $number);
    foreach (rows("SELECT intname, value FROM itemparam WHERE item = ?", $number) as $row) $found[0]["param"][$row["intname"]] = $row["value"];
    return $found[0];
}

function servers($item) {
    for ($list = [], $n = 0; isset($item["param"]["ns$n"]); $n++) $list[] = $item["param"]["ns$n"];
    return $list;
}

function contacts($item, $connection) {
    $sql = "SELECT s.service_profile, s.type, x.externalid FROM service_profile2item s LEFT JOIN service_profile2processingmodule x"
        . " ON x.service_profile = s.service_profile AND x.type = s.type AND x.processingmodule = ? WHERE s.item = ?";
    foreach (rows($sql, $item["processingmodule"], $item["id"]) as $row) {
        if ($row["externalid"]) continue;
        $known = rows("SELECT intname, value FROM service_profileparam WHERE service_profile = ?", $row["service_profile"]);
        $fields = array_column($known, "value", "intname");
        $number = supplier($connection, function (&$state) use ($fields) {
            $number = "C" . (count($state["contacts"]) + 1);
            $state["contacts"][$number] = $fields;
            return $number;
        });
        panel("service_profile2processingmodule.edit", ["service_profile" => $row["service_profile"], "type" => $row["type"],
            "processingmodule" => $item["processingmodule"], "externalid" => $number, "externalpassword" => "", "sok" => "ok"]);
    }
}

function later($date, $months) { return date("Y-m-d", strtotime("$date +$months months")); }

function buy($item, $connection, $kind) {
    contacts($item, $connection);
    $servers = servers($item);
    $expires = supplier($connection, function (&$state) use ($item, $servers, $kind) {
        $name = $item["param"]["domain"];
        if (isset($state["domains"][$name])) return $state["domains"][$name]["expires"];
        if ($state["money"] < 1) throw new Trouble("no_money", "supplier");
        $state["money"] -= 1;
        $state["domains"][$name] = ["expires" => later("today", $item["period"]), "ns" => $servers, "active" => true, "kind" => $kind];
        return $state["domains"][$name]["expires"];
    });
    panel("domain.open", ["elid" => $item["id"], "sok" => "ok"]);
    panel("service.setexpiredate", ["elid" => $item["id"], "expiredate" => $expires, "sok" => "ok"]);
    panel("service.setstatus", ["elid" => $item["id"], "service_status" => $kind === "transfer" ? 6 : 2, "sok" => "ok"]);
}

function change($item, $connection, $with, $post) {
    supplier($connection, function (&$state) use ($item, $with) {
        $name = $item["param"]["domain"];
        if (!isset($state["domains"][$name])) throw new Trouble("missed", "domain", $name);
        $with($state["domains"][$name], $state);
    });
    if ($post) panel($post, ["elid" => $item["id"], "sok" => "ok"]);
}

function sync($item, $connection) {
    $domain = supplier($connection, function (&$state) use ($item) { return $state["domains"][$item["param"]["domain"]] ?? null; });
    if (!$domain) {
        panel("service.setstatus", ["elid" => $item["id"], "service_status" => 4, "sok" => "ok"]);
        return;
    }
    panel($domain["active"] ? "service.postresume" : "service.postsuspend", ["elid" => $item["id"], "sok" => "ok"]);
    panel("service.setstatus", ["elid" => $item["id"], "service_status" => $domain["active"] ? 2 : 3, "sok" => "ok"]);
    panel("service.setexpiredate", ["elid" => $item["id"], "expiredate" => $domain["expires"], "sok" => "ok"]);
    foreach ($domain["ns"] as $n => $server) panel("service.saveparam", ["elid" => $item["id"], "name" => "ns$n", "value" => $server, "sok" => "ok"]);
}

function import($options) {
    $wanted = preg_split('/[\s,\\\\]+/', $options["searchstring"] ?? "", -1, PREG_SPLIT_NO_EMPTY);
    $state = supplier(connection($options["module"]), function (&$state) { return $state; });
    foreach ($state["domains"] as $name => $domain) {
        if ($wanted && !in_array($name, $wanted)) continue;
        $tld = rows("SELECT id FROM tld WHERE name = ?", substr($name, strpos($name, ".") + 1));
        if (!$tld) continue;
        $service = ["sok" => "ok", "module" => $options["module"], "status" => $domain["active"] ? 2 : 3, "expiredate" => $domain["expires"],
            "period" => 12, "import_pricelist_intname" => $tld[0]["id"], "import_service_name" => $name, "domain" => $name, "service_status" => 2];
        foreach ($domain["ns"] as $n => $server) $service["ns$n"] = $server;
        $id = (string) panel("processing.import.service", $service)->service_id;
        if ($id === "") continue;
        foreach ($state["contacts"] as $number => $fields) {
            $contact = ["sok" => "ok", "type" => "owner", "name" => $fields["firstname"] ?? $number, "module" => $options["module"]];
            $known = array_intersect_key($fields, array_flip(["firstname", "lastname", "email", "phone"]));
            $profile = (string) panel("processing.import.profile", $contact + ["externalid" => $number, "profiletype" => 1] + $known)->profile_id;
            panel("service_profile2item.edit", ["service_profile" => $profile, "item" => $id, "type" => "owner", "sok" => "ok"]);
        }
    }
}

function features() {
    $doc = new SimpleXMLElement("<doc/>");
    $doc->addChild("itemtypes")->addChild("itemtype")["name"] = "domain";
    $params = $doc->addChild("params");
    foreach (["backend", "password", "mode"] as $name) $params->addChild("param")["name"] = $name;
    $params->param[1]["crypted"] = "yes";
    $features = $doc->addChild("features");
    $all = "check_connection tune_connection get_contact_type tune_service_profile validate_service_profile whois open transfer prolong suspend"
        . " resume close setparam update_ns sync_item cancel_prolong import getbalance";
    foreach (explode(" ", $all) as $name) $features->addChild("feature")["name"] = $name;
    return $doc->asXML();
}

function question($command, $options) {
    switch ($command) {
        case "features":
            return features();
        case "tune_connection":
            $form = simplexml_load_string(stream_get_contents(STDIN));
            $list = $form->addChild("slist");
            $list["name"] = "mode";
            foreach (["live", "test"] as $mode) $list->addChild("msg", "mode_$mode")["key"] = $mode;
            return $form->asXML();
        case "check_connection":
            $entered = simplexml_load_string(stream_get_contents(STDIN))->processingmodule;
            supplier(["backend" => (string) $entered->backend, "password" => (string) $entered->password], function () { });
            return "<doc><ok/></doc>";
        case "get_contact_type":
            return '<doc ns="require" auth_code="require" cancel_prolong_before="30"><contact_type>owner</contact_type></doc>';
        case "tune_service_profile":
            return simplexml_load_string(stream_get_contents(STDIN))->asXML();
        case "validate_service_profile":
            $given = simplexml_load_string(stream_get_contents(STDIN));
            $field = $options["value"] . "_email";
            if (!isset($given->{$options["value"] . "_contact_select"}) && !strpos((string) $given->$field, "@")) throw new Trouble("value", $field);
            return "";
        case "whois":
            $taken = supplier(connection($options["module"]), function (&$state) { return $state["domains"]; });
            return "<doc><whois>" . (isset($taken[$options["param"]]) ? "registered" : "not exist") . "</whois></doc>";
        case "getbalance":
            $money = supplier(connection($options["module"]), function (&$state) { return $state["money"]; });
            panel("processing.savebalance", ["processingmodule" => $options["module"], "balance" => $money, "currency" => "EUR", "sok" => "ok"]);
            return "<doc><balance>$money</balance><currency>EUR</currency></doc>";
        case "import":
            import($options);
            return "<doc/>";
    }
    return null;
}

function operation($command, $item, $connection) {
    switch ($command) {
        case "open":
        case "transfer":
            return buy($item, $connection, $command);
        case "prolong":
            $until = $item["expiredate"]; // the panel has moved it already
            return change($item, $connection, function (&$domain, &$state) use ($until) {
                if ($domain["expires"] < $until) [$domain["expires"], $state["money"]] = [$until, $state["money"] - 1];
            }, "service.postprolong");
        case "suspend":
        case "resume":
            $active = $command === "resume";
            return change($item, $connection, function (&$domain) use ($active) { $domain["active"] = $active; }, "service.post$command");
        case "close":
            $name = $item["param"]["domain"];
            return change($item, $connection, function (&$domain, &$state) use ($name) { unset($state["domains"][$name]); }, "service.postclose");
        case "setparam":
            return panel("service.postsetparam", ["elid" => $item["id"], "sok" => "ok"]);
        case "update_ns":
            $servers = servers($item);
            return change($item, $connection, function (&$domain) use ($servers) { $domain["ns"] = $servers; }, "service.postupdatens");
        case "cancel_prolong":
            return change($item, $connection, function (&$domain) { $domain["cancelled"] = true; }, "");
        case "sync_item":
            return sync($item, $connection);
    }
    throw new Trouble("unknown_command", $command);
}

function failed($trouble, $options) {
    note($trouble->type . " " . $trouble->object . " " . $trouble->getMessage());
    if (isset($options["runningoperation"])) {
        $number = $options["runningoperation"];
        panel("runningoperation.edit", ["elid" => $number, "errorxml" => $trouble->document(), "sok" => "ok"]);
        if ($trouble->type !== "unreachable") {
            panel("runningoperation.setmanual", ["elid" => $number, "sok" => "ok"]);
            $type = (string) panel("task.gettype", ["operation" => $options["command"], "item" => $options["item"]])->task_type;
            if ($type) panel("task.edit", ["item" => $options["item"], "runningoperation" => $number, "type" => $type, "sok" => "ok"]);
        }
    }
    if ($trouble->type === "unreachable" && isset($options["item"])) {
        $module = item($options["item"])["processingmodule"];
        panel("problems.register", ["name" => "processingmodule_connect", "id" => $module, "param_pm_name" => NAME, "param_pm_id" => $module,
            "param_errormsg" => "no answer", "level" => "error", "sok" => "ok"]);
    }
}

chdir(ROOT);
$options = [];
for ($n = 1; $n + 1 < $argc; $n += 2) $options[substr($argv[$n], 2)] = $argv[$n + 1];
try {
    $reply = question($options["command"], $options);
    if ($reply === null) {
        $item = item($options["item"]);
        operation($options["command"], $item, connection($item["processingmodule"]));
        $reply = "";
    }
    echo $reply;
} catch (Trouble $trouble) {
    failed($trouble, $options);
    echo $trouble->document(); // exit status 0, as the vendor's own sample: the document says it
}
