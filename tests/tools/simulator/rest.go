package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

const (
	sessionHeader = "vmware-api-session-id"
	oldSession    = "/rest/com/vmware/cis/session"
)

// extras answers the REST paths that a real vCenter has and the library lacks or cuts short.
// Bodies are kept whole: what was sent can be read back.
type extras struct {
	service  *simulator.Service
	site     *inventory
	version  string
	policies *policies
	gate     *gate
	vapi     http.Handler

	once     sync.Once
	clusters map[string]string

	lock       sync.Mutex
	classes    map[string]document
	namespaces map[string]document
	providers  map[string]document
	settings   map[string]document // of Supervisors, by id: what the control laid over the facts
	profiles   map[string]document // of clusters, by id: {"config_managed": true}
}

// document is a JSON object as it came in.
type document = map[string]any

func newExtras(service *simulator.Service, site *inventory, version string) *extras {
	return &extras{
		service:    service,
		site:       site,
		version:    version,
		classes:    map[string]document{},
		namespaces: map[string]document{},
		providers:  map[string]document{},
		settings:   map[string]document{},
		profiles:   map[string]document{},
	}
}

// register runs after all endpoints of the library, so that the more exact patterns here win.
func (e *extras) register(service *simulator.Service, registry *simulator.Registry) {
	e.vapi, _ = service.ServeMux.Handler(&http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/api/"}})
	e.policies = replacePolicies(service, e.tagsOf)
	replaceRoles(registry, service.Listen.User.Username())
	acceptNamed(registry, service.Listen.User)

	mux := service.ServeMux
	mux.HandleFunc("POST /api/session", e.login)
	mux.HandleFunc("GET /api/session", e.guarded(e.showSession))
	mux.HandleFunc("DELETE /api/session", e.guarded(e.logout))
	e.registerTranslations(mux)
	for pattern, handler := range e.routes() {
		method, path, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" /api/vcenter/"+path, e.guarded(handler))
	}
}

func (e *extras) routes() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"GET namespace-management/virtual-machine-classes":            e.listClasses,
		"POST namespace-management/virtual-machine-classes":           e.createClass,
		"GET namespace-management/virtual-machine-classes/{class}":    e.getClass,
		"PATCH namespace-management/virtual-machine-classes/{class}":  e.updateClass,
		"DELETE namespace-management/virtual-machine-classes/{class}": e.deleteClass,

		"GET namespaces/instances":                e.listNamespaces(1),
		"POST namespaces/instances":               e.createNamespace(1),
		"GET namespaces/instances/{namespace}":    e.getNamespace(1),
		"PATCH namespaces/instances/{namespace}":  e.updateNamespace,
		"PUT namespaces/instances/{namespace}":    e.setNamespace,
		"DELETE namespaces/instances/{namespace}": e.deleteNamespace,
		"GET namespaces/instances/v2":             e.listNamespaces(2),
		"POST namespaces/instances/v2":            e.createNamespace(2),
		"GET namespaces/instances/v2/{namespace}": e.getNamespace(2),

		"GET namespaces/instances/{namespace}/access/{domain}/{subject}":    e.getAccess,
		"POST namespaces/instances/{namespace}/access/{domain}/{subject}":   e.createAccess,
		"PUT namespaces/instances/{namespace}/access/{domain}/{subject}":    e.setAccess,
		"DELETE namespaces/instances/{namespace}/access/{domain}/{subject}": e.deleteAccess,

		"GET namespace-management/supervisors/summaries":                        e.listSupervisors,
		"GET namespace-management/supervisors/{supervisor}/summary":             e.getSupervisor,
		"GET namespace-management/supervisors/{supervisor}/topology":            e.getTopology,
		"GET namespace-management/supervisors/{supervisor}/zones/bindings":      e.listBindings,
		"GET namespace-management/supervisors/{supervisor}/identity/providers":  e.listProviders,
		"POST namespace-management/supervisors/{supervisor}/identity/providers": e.createProvider,
		"GET namespace-management/clusters":                                     e.listClusters,
		"POST consumption-domains/zones":                                        e.createZone,
		"GET namespace-management/clusters/{cluster}":                           e.getCluster,
		"GET namespace-management/software/clusters":                            e.listSoftware,
		"GET namespace-management/software/clusters/{cluster}":                  e.getSoftware,
		"GET consumption-domains/zone-associations/cluster":                     e.zoneAssociations,
		"GET storage/policies":                                                  e.listPolicies,
	}
}

// acceptNamed lets the user of the flags in under the full name; the single sign-on service
// of the library cuts the domain off and would refuse it. Users made there stay welcome.
func acceptNamed(registry *simulator.Registry, user *url.Userinfo) {
	others := registry.SessionManager().ValidLogin
	password, _ := user.Password()
	registry.SessionManager().ValidLogin = func(login *types.Login) bool {
		if login.UserName == user.Username() {
			return login.Password == password
		}
		return others != nil && others(login)
	}
}

// tagsOf lists the tags of an object as CATEGORY/NAME, by a session of its own.
func (e *extras) tagsOf(object types.ManagedObjectReference) []string {
	header := http.Header{}
	password, _ := e.service.Listen.User.Password()
	pair := e.service.Listen.User.Username() + ":" + password
	header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(pair)))
	session := e.asked(http.MethodPost, oldSession, header, "")
	header = http.Header{}
	header.Set(sessionHeader, textOf(session))
	defer e.inner(http.MethodDelete, oldSession, header, "")

	body := fmt.Sprintf(`{"object_id":{"type":%q,"id":%q}}`, object.Type, object.Value)
	path := "/rest/com/vmware/cis/tagging/"
	ids, _ := e.asked(http.MethodPost, path+"tag-association?~action=list-attached-tags", header, body).([]any)
	list := []string{}
	for _, id := range ids {
		tag, _ := e.asked(http.MethodGet, path+"tag/id:"+textOf(id), header, "").(document)
		category, _ := e.asked(http.MethodGet, path+"category/id:"+textOf(tag["category_id"]), header, "").(document)
		list = append(list, textOf(category["name"])+"/"+textOf(tag["name"]))
	}
	return list
}

// asked is the value of an answer of the older API.
func (e *extras) asked(method, path string, header http.Header, body string) any {
	var answer struct {
		Value any `json:"value"`
	}
	_ = json.Unmarshal(e.inner(method, path, header, body).Body.Bytes(), &answer)
	return answer.Value
}

// inner asks the library's own REST service, without the network.
func (e *extras) inner(method, path string, header http.Header, body string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, path, strings.NewReader(body))
	if header != nil {
		request.Header = header.Clone()
	}
	answer := httptest.NewRecorder()
	e.vapi.ServeHTTP(answer, request)
	return answer
}

// guarded lets a request through only with a session that the library knows.
func (e *extras) guarded(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if e.inner(http.MethodPost, oldSession+"?~action=get", r.Header, "").Code != http.StatusOK {
			fail(w, http.StatusUnauthorized, "UNAUTHENTICATED", "no valid session")
			return
		}
		next(w, r)
	}
}

func (e *extras) login(w http.ResponseWriter, r *http.Request) {
	answer := e.inner(http.MethodPost, oldSession, r.Header, "")
	var session struct {
		Value string `json:"value"`
	}
	if answer.Code != http.StatusOK || json.Unmarshal(answer.Body.Bytes(), &session) != nil {
		fail(w, http.StatusUnauthorized, "UNAUTHENTICATED", "wrong user name or password")
		return
	}
	w.Header().Set(sessionHeader, session.Value)
	reply(w, http.StatusCreated, session.Value)
}

func (e *extras) showSession(w http.ResponseWriter, r *http.Request) {
	var session struct {
		Value document `json:"value"`
	}
	body := e.inner(http.MethodPost, oldSession+"?~action=get", r.Header, "").Body.Bytes()
	if err := json.Unmarshal(body, &session); err != nil {
		fail(w, http.StatusInternalServerError, "ERROR", err.Error())
		return
	}
	reply(w, http.StatusOK, session.Value)
}

func (e *extras) logout(w http.ResponseWriter, r *http.Request) {
	e.inner(http.MethodDelete, oldSession, r.Header, "")
	w.WriteHeader(http.StatusNoContent)
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// fail answers as vCenter does: a kind and a list of messages.
func fail(w http.ResponseWriter, status int, kind, text string) {
	reply(w, status, document{
		"error_type": kind,
		"messages":   []document{{"id": "mlgen.simulator", "default_message": text, "args": []string{}}},
	})
}

func invalid(w http.ResponseWriter, format string, args ...any) {
	fail(w, http.StatusBadRequest, "INVALID_ARGUMENT", fmt.Sprintf(format, args...))
}

func notFound(w http.ResponseWriter, kind, name string) {
	fail(w, http.StatusNotFound, "NOT_FOUND", fmt.Sprintf("no %s %q", kind, name))
}

func exists(w http.ResponseWriter, kind, name string) {
	fail(w, http.StatusBadRequest, "ALREADY_EXISTS", fmt.Sprintf("%s %q is there already", kind, name))
}

var label = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)

func isLabel(value any) bool {
	text, ok := value.(string)
	return ok && label.MatchString(text)
}
